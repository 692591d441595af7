import { partitionLag, position } from '../../model/lag.ts';
import type { OffsetReset, PartitionOffsets } from '../../model/sample.ts';

/** One line of `rubato lag`. Offsets are bigint; `lagRowJson` makes them fit for JSON. */
export interface LagRow {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** What the group reads next; undefined where it has no commit. */
  readonly current: bigint | undefined;
  /** The oldest offset there is and the one the next message will get. */
  readonly start: bigint;
  readonly end: bigint;
  readonly lag: bigint;
}

/** The lines of one group on one topic, by partition. */
export function lagRows(
  group: string,
  topic: string,
  partitions: readonly PartitionOffsets[],
  reset: OffsetReset,
): readonly LagRow[] {
  return partitions
    .toSorted((one, other) => one.partition - other.partition)
    .map((offsets) => ({
      group,
      topic,
      partition: offsets.partition,
      current: offsets.committed,
      start: offsets.start,
      end: offsets.end,
      lag: partitionLag(offsets, reset),
    }));
}

/** A line for JSON: offsets as decimal texts, because a number of JSON loses digits beyond 2^53. */
export const lagRowJson = (row: LagRow): Readonly<Record<string, string | number | null>> => ({
  group: row.group,
  topic: row.topic,
  partition: row.partition,
  current: row.current === undefined ? null : String(row.current),
  start: String(row.start),
  end: String(row.end),
  lag: String(row.lag),
});

const COLUMNS = ['GROUP', 'TOPIC', 'PARTITION', 'CURRENT', 'END', 'LAG'] as const;
const LEFT_ALIGNED = 2;

/** `-` is no commit; `*` marks one that retention has overtaken, whose group goes on at the start. */
function currentText(row: LagRow): string {
  if (row.current === undefined) return '-';
  return position({ ...row, committed: row.current }, 'earliest') === row.current
    ? String(row.current)
    : `${row.current}*`;
}

/** The rows as a table for people, widths by content, without trailing spaces. */
export function lagTable(rows: readonly LagRow[]): string {
  const cells = rows.map((row) => [
    row.group,
    row.topic,
    String(row.partition),
    currentText(row),
    String(row.end),
    String(row.lag),
  ]);
  const lines = [[...COLUMNS], ...cells];
  const widths = COLUMNS.map((_, at) =>
    lines.reduce((widest, line) => Math.max(widest, line[at]?.length ?? 0), 0),
  );
  return lines
    .map((line) =>
      line
        .map((cell, at) => {
          const width = widths[at] ?? 0;
          return at < LEFT_ALIGNED ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
