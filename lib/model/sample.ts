import type { EpochMillis } from './units.ts';

/**
 * The offsets of one partition as one consumer group sees it. `start` is the oldest offset the
 * log still holds, `end` the offset the next message will get, `committed` what the group will
 * read next; `undefined` where it never committed or its commit expired.
 */
export interface PartitionOffsets {
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly committed: bigint | undefined;
}

/** Where a group without a commit starts reading: `auto.offset.reset` of its consumers. */
export type OffsetReset = 'earliest' | 'latest';

/** What a source measured, before anything is concluded from it. */
export type Measurement =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'record'; readonly values: Readonly<Record<string, number>> }
  | {
      readonly kind: 'offsets';
      readonly partitions: readonly PartitionOffsets[];
      readonly reset: OffsetReset;
    };

/**
 * One measurement and how far it may be trusted. Zero is a value; missing is not zero, so the
 * types keep them apart: `missing` = the source could not be read or had nothing, `invalid` = it
 * answered something that is no number. `code` is that of the error behind it.
 */
export type Sample =
  | { readonly trust: 'fresh'; readonly at: EpochMillis; readonly measurement: Measurement }
  | {
      readonly trust: 'stale';
      readonly at: EpochMillis;
      readonly measurement: Measurement;
      readonly because: string;
    }
  | { readonly trust: 'missing' | 'invalid'; readonly because: string; readonly code: string };
