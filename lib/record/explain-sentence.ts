import type { DimensionChange, Step, StepName } from '../decide/decision.ts';
import { plain } from './explain-text.ts';

/** What a sentence says of an answer. */
export interface Answered {
  readonly capacity: Readonly<Record<string, DimensionChange | undefined>>;
  readonly steps: readonly Step[];
}

/** The step that made a dimension's count what it is: the last that moved it. */
export const bindingStep = (steps: readonly Step[]): Step | undefined =>
  steps.findLast(({ before, after }) => before !== after);

/**
 * An answer in one plain sentence for each dimension, naming the step that decided it: `3 → 6: max
 * orders.partitions = 6 bound it; the rule asked for 18`.
 */
export function sentencesOf(answered: Answered): readonly string[] {
  const entries = Object.entries(answered.capacity);
  return entries.flatMap(([dimension, change]) => {
    if (change === undefined) return [];
    const steps = answered.steps.filter((step) => step.dimension === dimension);
    const label = entries.length > 1 ? `${dimension} ` : '';
    return [`${label}${sentence(change, steps)}.`];
  });
}

function sentence({ from, to }: DimensionChange, steps: readonly Step[]): string {
  const head = from === to ? `stays at ${to}` : `${from} → ${to}`;
  const evaluated = steps.find(({ step }) => step === 'evaluate');
  const binding = bindingStep(steps);
  if (binding === undefined) {
    const note = plain(evaluated?.note ?? '');
    const isKept = /^unknown|not shrunk/.test(note);
    return `${head}: ${isKept ? note : `the rule asks for ${to}${note === '' ? '' : ` (${note})`}`}`;
  }
  const asked = evaluated?.after ?? null;
  const reason = reasonOf(binding, from);
  const isSaid = asked === to || asked === null || reason.says.includes(asked);
  return `${head}: ${reason.text}${isSaid ? '' : `; the rule asked for ${asked}`}`;
}

interface Reason {
  readonly text: string;
  /** Counts it mentions already. */
  readonly says: readonly (number | null)[];
}

function reasonOf(step: Step, from: number): Reason {
  const { before, after } = step;
  const note = plain(step.note);
  const up = (before ?? 0) > from;
  const name: StepName = step.step;
  switch (name) {
    case 'evaluate':
      return { text: `the rule asks for ${after}, ${note}`, says: [after] };
    case 'trust':
      return { text: `the ${note.replace(/^(?!fallback)/, 'fallback: ')}`, says: [] };
    case 'activate':
      return {
        text: `activate keeps ${after} (${note}) where ${before} was wished`,
        says: [before],
      };
    case 'smooth':
      return { text: `smoothing has come to ${after} on its way to ${before}`, says: [before] };
    case 'tolerance':
      return { text: `${before} is within the tolerance of ${after}`, says: [before] };
    case 'stabilize':
      return {
        text: `the stabilization window keeps ${after} where ${before} was wished`,
        says: [before],
      };
    case 'pace':
      return {
        text: `the policies of ${up ? 'scaleUp' : 'scaleDown'} allow ${after} now, not ${before}`,
        says: [before],
      };
    case 'cooldown':
      return {
        text: `the cooldown after the last change keeps ${after} where ${before} was wished`,
        says: [before],
      };
    case 'windows':
      return { text: `the open ${windowed(note)} ${moves(step)}`, says: [before] };
    case 'override':
      return { text: `an override ${moves(step)} (${note})`, says: [before] };
    case 'bound':
      return { text: boundReason(note), says: [] };
    case 'guard':
      return { text: `the guard held ${before}: ${note}`, says: [before] };
    case 'gate':
      return { text: `${before} was held at the gate: ${note}`, says: [before] };
    default:
      return { text: `${unknown(name)} makes ${before} ${after}: ${note}`, says: [before] };
  }
}

/** A recording of another release may have steps that this one does not know. */
const unknown = (name: never): string => String(name);

const moves = ({ before, after }: Step): string =>
  `${(before ?? 0) < (after ?? 0) ? 'raises' : 'lowers'} ${before} to ${after}`;

const windowed = (note: string): string => (note.startsWith('window') ? note : `window ${note}`);

/** The note of a bound of the rule's own: `max 6 (orders.partitions)`, and what else there is to say. */
const OWN_BOUND = /^(max|min) (\d+) \((.*?)\)(?=$|; m|, min \d+ above)(.*)$/;

function boundReason(note: string): string {
  const [, side, count, source, rest = ''] = OWN_BOUND.exec(note) ?? [];
  if (side === undefined) return `${note} (bound)`;
  const bounded = source === count ? `${side} ${count}` : `${side} ${source} = ${count}`;
  return `${bounded} bound it${rest}`;
}
