import { ScalerError } from '../model/errors.ts';
import {
  flag,
  INVALID,
  isPlain,
  list,
  moment,
  object,
  optional,
  type Problem,
  text,
} from '../rule/schema.ts';

/** What a tick may be asked when it is invoked by hand; nothing of it when it is not. */
export interface TickEvent {
  /** Decide and answer, write nothing anywhere. */
  readonly dryRun?: boolean | undefined;
  /** Only these rules, whether they are due or not. */
  readonly rules?: readonly string[] | undefined;
  /** The moment to decide for, ISO 8601. */
  readonly now?: string | undefined;
}

/** An event that cannot be followed as it stands; guessing could scale what was only to be looked at. */
export class EventInvalidError extends ScalerError {
  readonly code = 'EVENT_INVALID';
  readonly retry = 'never';

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `${path}: ${message}`);
    super(
      `the event is not valid: ${lines.join('; ')}`,
      'Nothing was done; correct it and invoke again.',
    );
  }
}

/** A tick never has more rules than this named by hand. */
const MOST_RULES = 1000;

const schema = object(
  {
    dryRun: optional(flag({ about: 'Decide and answer, write nothing anywhere.' })),
    rules: optional(
      list(text({ about: 'The id of a rule.' }), { about: 'Only these rules.', max: MOST_RULES }),
    ),
    now: optional(moment({ about: 'The moment to decide for.' })),
  },
  { about: 'What a tick is asked.' },
);

/**
 * The event of a tick, checked: an unknown attribute is refused, for a `dryrun` that was meant as
 * `dryRun` must not become a real tick. What a scheduler of AWS sends asks for nothing.
 */
export function parseTickEvent(input: unknown): TickEvent {
  if (input === undefined || input === null || isScheduled(input)) return {};
  const problems: Problem[] = [];
  const event = schema.parse(input, { path: '', problems });
  if (event === INVALID) throw new EventInvalidError(problems);
  const { now } = input as { readonly now?: string };
  return { dryRun: event.dryRun, rules: event.rules, now };
}

const isScheduled = (input: unknown): boolean =>
  isPlain(input) && (input['source'] === 'aws.scheduler' || input['source'] === 'aws.events');
