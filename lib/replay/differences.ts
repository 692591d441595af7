/** One place where what was recorded and what is decided now are not the same. */
export interface Difference {
  /** `decision.steps[2].after` or `memory.dimensions.replicas.smooth.value`. */
  readonly path: string;
  /** The two values, as JSON or `nothing`. */
  readonly recorded: string;
  readonly now: string;
}

/** More than this of one decision says no more than the first ones do. */
const MOST_SHOWN = 20;

/**
 * Where two values of JSON differ, at most 20 places, at the depth where they begin to. Values
 * that say the same in another order differ in that order.
 */
export function differencesOf(
  recorded: unknown,
  now: unknown,
  path: string,
): readonly Difference[] {
  const found: Difference[] = [];
  compare(recorded, now, path, found);
  return found.slice(0, MOST_SHOWN);
}

function compare(recorded: unknown, now: unknown, path: string, found: Difference[]): void {
  if (found.length >= MOST_SHOWN || JSON.stringify(recorded) === JSON.stringify(now)) return;
  if (!isBranch(recorded) || !isBranch(now) || Array.isArray(recorded) !== Array.isArray(now)) {
    found.push({ path, recorded: shown(recorded), now: shown(now) });
    return;
  }
  const isList = Array.isArray(recorded);
  const before = found.length;
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(now)])) {
    compare(recorded[key], now[key], isList ? `${path}[${key}]` : `${path}.${key}`, found);
  }
  if (found.length === before) {
    const order = (value: object): string => `in the order ${Object.keys(value).join(', ')}`;
    found.push({ path, recorded: order(recorded), now: order(now) });
  }
}

type Branch = Readonly<Record<string, unknown>>;
const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null;

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
