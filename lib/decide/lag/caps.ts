import type { LagOptions } from '../../rule/rule.ts';

/** What one consumer group says about how many consumers can be of use. */
export interface GroupShape {
  readonly name: string;
  readonly options: LagOptions;
  /** Undefined where the metric could not be read, so that nobody knows. */
  readonly seen: { readonly partitions: number; readonly lagging: number } | undefined;
  /** Whether what was seen must not shrink anything. */
  readonly isDoubtful: boolean;
}

export interface Cap {
  readonly count: number;
  readonly note: string;
}

const NONE: Cap = { count: Number.POSITIVE_INFINITY, note: '' };

/**
 * The most consumers a wish may ask for: as many as the group has partitions, or partitions with
 * lag, which is never less than one (KEDA's limitToPartitionsWithLag, KEDA#3997). It is a cap on
 * the count itself and not on the lag: KEDA divides in whole numbers there, so that a lag of 647
 * at 10 a consumer and 64 partitions asks for 65.
 *
 * Of several groups the largest cap holds, because a consumer without a partition of one topic may
 * serve the other. While one of them is unknown there is no cap, and one that is doubtful is never
 * below what runs: a cap spares idle consumers and protects nothing.
 */
export function capOf(groups: readonly GroupShape[], current: number): Cap {
  return largest(groups, current, ({ limitTo }, { partitions, lagging }) =>
    limitTo === 'lagging'
      ? { count: Math.max(1, lagging), of: 'partitions with lag' }
      : { count: Math.max(1, partitions), of: 'partitions' },
  );
}

/** The most consumers there may be at all: floors, too, never ask for more than can read anything. */
export function ceilingOf(groups: readonly GroupShape[], current: number): Cap {
  return largest(groups, current, (_, { partitions }) => ({
    count: Math.max(1, partitions),
    of: 'partitions',
  }));
}

function largest(
  groups: readonly GroupShape[],
  current: number,
  capIn: (
    options: LagOptions,
    seen: { readonly partitions: number; readonly lagging: number },
  ) => { readonly count: number; readonly of: string },
): Cap {
  let most: Cap | undefined;
  for (const { name, options, seen, isDoubtful } of groups) {
    if (options.limitTo === undefined) continue;
    if (seen === undefined) return NONE;
    const { count, of } = capIn(options, seen);
    const held = isDoubtful ? Math.max(count, current) : count;
    if (most === undefined || held > most.count) {
      most = { count: held, note: `${name} has ${count} ${of}` };
    }
  }
  return most ?? NONE;
}

/**
 * The fewest consumers with which the busiest of them reads no more partitions than with `count`:
 * of 10 partitions, 7 consumers leave some with two, and 5 do as much. So it never asks for more
 * than was wished, and never slows the group's slowest consumer down.
 *
 * KEDA's ensureEvenDistributionOfPartitions goes up to the next factor of the partitions instead,
 * which for 13 partitions means one consumer or thirteen (KEDA#7517, KEDA#7577). Every factor is
 * left as it is here, so that whoever wishes for what KEDA would choose gets it.
 */
export function fewestAsFast(partitions: number, count: number): number {
  if (partitions <= 0 || count <= 0) return count;
  const most = Math.ceil(partitions / count);
  return Math.ceil(partitions / most);
}

/**
 * The fewest consumers that are as fast as `count` for every group that spreads evenly; `count`
 * itself where none does or one of them is unknown.
 */
export function spreadEvenly(groups: readonly GroupShape[], count: number): Cap {
  let most: Cap | undefined;
  for (const { name, options, seen } of groups) {
    if (options.spread === undefined) continue;
    if (seen === undefined) return { count, note: '' };
    const fewest = fewestAsFast(seen.partitions, count);
    if (most === undefined || fewest > most.count) {
      const each = Math.ceil(seen.partitions / Math.max(1, fewest));
      most = {
        count: fewest,
        note: `${name}: ${seen.partitions} partitions, ${each} at most for each of ${fewest}`,
      };
    }
  }
  return most ?? { count, note: '' };
}
