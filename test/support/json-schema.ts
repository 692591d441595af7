type Node = Readonly<Record<string, unknown>>;
type Keyword = (wanted: never, value: unknown, node: Node) => boolean;

const isMap = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As a number where it is compared with one; NaN, which compares with nothing, where it is none. */
const size = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value),
  object: isMap,
};

const count = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : Number.NaN;
const keys = (value: unknown): readonly string[] => (isMap(value) ? Object.keys(value) : []);

/** Only the keywords that our schemas use; `accepts` throws at any other, so that none is ignored. */
const KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: (type: string, value) => TYPES[type]?.(value) ?? false,
  enum: (values: readonly unknown[], value) => values.includes(value),
  const: (wanted: unknown, value) => wanted === value,
  not: (node: Node, value) => !accepts(node, value),
  anyOf: (nodes: readonly Node[], value) => nodes.some((node) => accepts(node, value)),
  oneOf: (nodes: readonly Node[], value) =>
    nodes.filter((node) => accepts(node, value)).length === 1,
  pattern: (source: string, value) =>
    typeof value !== 'string' || new RegExp(source, 'u').test(value),
  minLength: (least: number, value) => typeof value !== 'string' || count(value) >= least,
  maxLength: (most: number, value) => typeof value !== 'string' || count(value) <= most,
  minimum: (least: number, value) => typeof value !== 'number' || size(value) >= least,
  maximum: (most: number, value) => typeof value !== 'number' || size(value) <= most,
  minItems: (least: number, value) => !Array.isArray(value) || count(value) >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || count(value) <= most,
  minProperties: (least: number, value) => !isMap(value) || keys(value).length >= least,
  maxProperties: (most: number, value) => !isMap(value) || keys(value).length <= most,
  items: (node: Node, value) => !Array.isArray(value) || value.every((one) => accepts(node, one)),
  required: (names: readonly string[], value) =>
    !isMap(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (nodes: Readonly<Record<string, Node>>, value) =>
    keys(value).every((key) => {
      const node = nodes[key];
      return node === undefined || accepts(node, (value as Node)[key]);
    }),
  additionalProperties: (node: Node | false, value, { properties }) =>
    keys(value)
      .filter((key) => !keys(properties).includes(key))
      .every((key) => node !== false && accepts(node, (value as Node)[key])),
  propertyNames: (node: Node, value) => keys(value).every((key) => accepts(node, key)),
};

const ANNOTATIONS = new Set(['$schema', 'title', 'description', 'default', 'format']);

/**
 * Whether a JSON Schema (draft 2020-12) accepts a value, for the keywords that our own schemas
 * use. Left out: references, formats, and all that a validator for other people's schemas needs.
 */
export function accepts(schema: Node, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, wanted]) => {
    if (ANNOTATIONS.has(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`the check knows no keyword ${keyword}`);
    return check(wanted as never, value, schema);
  });
}
