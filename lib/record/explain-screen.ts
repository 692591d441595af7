import type { Step } from '../decide/decision.ts';
import { bindingStep } from './explain-sentence.ts';
import { aligned, COLUMNS, first, fit, plain, wrap } from './explain-text.ts';

/** The parts of an explanation, each still of any length. */
export interface Screen {
  readonly title: string;
  readonly answer: readonly string[];
  readonly measured: readonly (readonly string[])[];
  readonly rules: readonly (readonly string[])[];
  readonly steps: readonly Step[];
  readonly outcome: string;
  readonly next: readonly string[];
}

/** Lines of each part; with titles and blanks they come to 40 lines at most. */
const MOST = { sentence: 3, measured: 6, rules: 6, steps: 11, next: 4 };

/** The parts on one screen: at most 40 lines of 100 columns. */
export function screen({ title, answer, measured, rules, steps, outcome, next }: Screen): string {
  const latest = first(steps.toReversed(), MOST.steps);
  const binding = bindingStep(steps);
  const taken = latest.shown
    .toReversed()
    .map((step) => stepRow(step, step === binding ? '▸' : ' ', capacityNames(steps) > 1));
  const soon = first(next, MOST.next);
  const lines = [
    fit(plain(title)),
    ...wrap(plain(answer.join(' ')), MOST.sentence),
    '',
    'Measured',
    ...measuredLines(measured),
    ...(rules.length === 0 ? [] : ['Rule', ...aligned(rules.slice(0, MOST.rules))]),
    'Steps',
    ...(latest.more.length === 0 ? [] : ['  …']),
    ...(taken.length === 0 ? ['  none'] : aligned(taken)),
    'Outcome',
    fit(`  ${plain(outcome)}`),
    ...(next.length === 0
      ? []
      : ['Next', ...soon.shown.map((line) => fit(`  ${plain(line)}`)), ...soon.more]),
  ];
  return lines.join('\n');
}

/** A line for each metric, or two where its figures would be cut off; as many metrics as fit. */
function measuredLines(rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ['  nothing'];
  const whole = aligned(rows, Number.POSITIVE_INFINITY);
  const apart = aligned(rows.map((row) => row.slice(0, -1)));
  const blocks = rows.map((row, at): readonly string[] => {
    const line = whole[at] ?? '';
    if (line.length <= COLUMNS) return [line];
    return [apart[at] ?? '', fit(`      ${row.at(-1) ?? ''}`)];
  });
  const lines: string[] = [];
  for (const [at, block] of blocks.entries()) {
    if (lines.length + block.length > MOST.measured) {
      return [...lines, `  and ${rows.length - at} more`];
    }
    lines.push(...block);
  }
  return lines;
}

const capacityNames = (steps: readonly Step[]): number =>
  new Set(steps.flatMap(({ dimension }) => dimension ?? [])).size;

function stepRow(
  { step, dimension, before, after, note }: Step,
  mark: string,
  several: boolean,
): readonly string[] {
  const count =
    before === null || after === null
      ? ''
      : before === after
        ? String(after)
        : `${before} → ${after}`;
  return [`${mark} ${several ? `${dimension ?? ''} ` : ''}${step}`, count, plain(note)];
}
