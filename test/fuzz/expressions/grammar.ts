import { FORMS, GENERAL, LEAVES, type Sort, SORTS } from './forms.ts';
import type { Random } from './random.ts';

/** A generated expression, whose parts can be swapped for smaller ones when it is cut down. */
export interface Tree {
  readonly sort: Sort;
  readonly parts: readonly (string | Tree)[];
}

export function render(tree: Tree): string {
  return tree.parts.map((part) => (typeof part === 'string' ? part : render(part))).join('');
}

/** What stands around the part being made. */
interface Place {
  readonly random: Random;
  readonly depth: number;
  /** The sort of `#`, where there is one. */
  readonly item: Sort | undefined;
  readonly lets: readonly { readonly name: string; readonly sort: Sort }[];
  /** How often a part is of another sort than it should be. */
  readonly illTyped: number;
}

/** The values a generated expression is evaluated with. */
export function randomEnv(random: Random): Readonly<Record<string, unknown>> {
  const float = (scale: number): number => Math.round(random.next() * scale * 1000) / 1000;
  return {
    lag: random.below(1_000_000),
    cpu: float(1),
    rps: float(1000),
    qd: random.below(500),
    n: random.below(12),
    neg: 0 - random.below(50),
    zero: 0,
    orders: { lag: random.below(5000), partitions: random.below(12) },
    name: random.pick(['orders-worker', 'a', 'ABC', '']),
    busy: random.chance(0.5),
    xs: Array.from({ length: random.below(5) }, () => float(100)),
  };
}

/** One expression; `root` is what it is meant to give. */
export function randomExpression(random: Random, root: Sort, illTyped: number): Tree {
  const depth = 1 + random.below(5);
  return make(root, { random, depth, item: undefined, lets: [], illTyped });
}

function make(wanted: Sort, place: Place): Tree {
  const { random } = place;
  const sort = random.chance(place.illTyped) ? random.pick(SORTS) : wanted;
  if (place.depth <= 0 || random.chance(0.15)) return leaf(sort, place);
  const forms = random.chance(0.12) ? GENERAL : FORMS[sort];
  return fill(random.pick(forms), sort, { ...place, depth: place.depth - 1 });
}

function leaf(sort: Sort, place: Place): Tree {
  const { random } = place;
  const known = place.lets.filter((binding) => binding.sort === sort);
  if (known.length > 0 && random.chance(0.6)) return { sort, parts: [random.pick(known).name] };
  if (place.item === sort && random.chance(0.6)) return { sort, parts: ['#'] };
  if (place.item !== undefined && sort === 'int' && random.chance(0.2)) {
    return { sort, parts: ['#index'] };
  }
  return fill(random.pick(LEAVES[sort]), sort, place);
}

const ARRAYS = ['floats', 'ints', 'strings', 'mixed'] as const;
const ITEMS: Readonly<Record<string, Sort>> = {
  floats: 'float',
  ints: 'int',
  strings: 'string',
  mixed: 'any',
};

/** `<…>` and an `s` right behind it, or `«…»`. */
const HOLES = /<(?<hole>[a-z ]+)>(?<plural>s(?=[[,]))?|«(?<texts>[^»]*)»/gu;

/** A form with its holes filled. */
function fill(form: string, self: Sort, place: Place): Tree {
  const parts: (string | Tree)[] = [];
  let array: Sort = 'floats';
  let end = 0;
  for (const match of form.matchAll(HOLES)) {
    const { hole = '', plural, texts } = match.groups ?? {};
    parts.push(form.slice(end, match.index));
    end = match.index + match[0].length;
    if (texts !== undefined) parts.push(place.random.pick(texts.split('|')));
    else if (hole.includes(' in ')) parts.push(predicate(hole, self, array, place));
    else if (hole === 'let') parts.push(letIn(self, place));
    else {
      const sort = plural === undefined ? sortOf(hole, self, place) : pluralOf(self);
      if (hole === 'array' || hole === 'self') array = sort;
      parts.push(make(sort, place));
    }
  }
  parts.push(form.slice(end));
  return { sort: self, parts: parts.filter((part) => part !== '') };
}

function sortOf(hole: string, self: Sort, { random }: Place): Sort {
  if (hole === 'self') return self;
  if (hole === 'number') return random.pick(['float', 'int']);
  if (hole === 'array') return random.pick(ARRAYS);
  return SORTS.find((sort) => sort === hole) ?? random.pick(SORTS);
}

const pluralOf = (sort: Sort): Sort => (sort === 'int' ? 'ints' : 'floats');

/** A predicate over the elements of an array, in braces or not, often one that looks at them. */
function predicate(hole: string, self: Sort, array: Sort, place: Place): Tree {
  const { random } = place;
  const item = ITEMS[array] ?? 'any';
  const gives = sortOf(hole.split(' ')[0] ?? '', self, place);
  const body = make(gives, { ...place, item });
  const numeric = gives === 'float' || gives === 'int';
  const seen = hole.endsWith('acc') ? random.pick(['#', '#acc']) : '#';
  const looking: Tree =
    gives === 'bool' && random.chance(0.5)
      ? { sort: 'bool', parts: ['# > ', make(item, place)] }
      : numeric && random.chance(0.4)
        ? { sort: gives, parts: [`${seen} ${random.pick(['+', '*', '-'])} `, body] }
        : body;
  return random.chance(0.5) ? { sort: gives, parts: ['{', looking, '}'] } : looking;
}

function letIn(self: Sort, place: Place): Tree {
  const { random } = place;
  const sort = random.pick(SORTS);
  const name = `v${place.lets.length}`;
  const body = make(self, { ...place, lets: [...place.lets, { name, sort }] });
  // Now and then without its brackets, where a let may not stand.
  const open = random.chance(0.9) ? '(' : '';
  const close = open === '' ? '' : ')';
  const parts = [`${open}let ${name} = `, make(sort, place), '; ', body, close];
  return { sort: self, parts: parts.filter((part) => part !== '') };
}
