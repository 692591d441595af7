/** Characters of memory that one metric may take, by what they are for. */
export interface LagRoom {
  readonly offsets: number;
  readonly stuck: number;
  readonly looks: number;
}

/**
 * What all Kafka metrics of a rule share of a scalable's 8 KB: the rest is for what damps a wish,
 * which takes at most about 3 KB.
 */
const ALL_METRICS = 4608;

/** As much as is of use to the offsets alone: about 400 partitions of a usual topic. */
const LONGEST_OFFSETS = 4096;

/**
 * The room of one of `metrics` Kafka metrics. Offsets have all of it unless stuck partitions or
 * past looks are remembered, too; those of a topic that then does not fit are kept as sums.
 */
export function roomOf(metrics: number, hasWatch: boolean): LagRoom {
  const share = Math.floor(ALL_METRICS / Math.max(1, metrics));
  if (!hasWatch) return { offsets: Math.min(LONGEST_OFFSETS, share), stuck: 0, looks: 0 };
  const offsets = Math.floor(share * 0.4);
  const stuck = Math.floor(share * 0.1);
  return { offsets, stuck, looks: share - offsets - stuck };
}
