import type { PartitionOffsets, Sample } from '../../lib/model/sample.ts';
import type { EpochMillis } from '../../lib/model/units.ts';
import type { MetricRequest, MetricSource } from '../../lib/observe/metric-source.ts';
import type { MetricSpec } from '../../lib/rule/rule.ts';

/** A source that answers what the test said last, by what the metric asks for. */
export interface FakeMetricSource extends MetricSource {
  /** The offsets of a group, partition by partition, as [end, committed]; committed -1 = none. */
  offsets(group: string, partitions: readonly (readonly [end: number, committed: number])[]): void;
  /** The number at a path. */
  number(path: string, value: number): void;
  /** A sample as it is, for what no healthy source would say. */
  sample(of: string, sample: Sample): void;
  missing(of: string, because?: string): void;
  /** Never answers until the signal fires. */
  hang(): void;
  /** Rejects with this at every read, until undefined. */
  fail(error: Error | undefined): void;
  readonly reads: readonly (readonly MetricRequest[])[];
}

type Answer = (at: EpochMillis) => Sample;

/** Keeps the promises of MetricSource without a network. */
export function createFakeMetricSource(): FakeMetricSource {
  const answers = new Map<string, Answer>();
  const reads: (readonly MetricRequest[])[] = [];
  let hangs = false;
  let failure: Error | undefined;
  return {
    reads,
    offsets(group, partitions) {
      const measured = partitions.map(([end, committed], partition): PartitionOffsets => ({
        partition,
        start: 0n,
        end: BigInt(end),
        committed: committed < 0 ? undefined : BigInt(committed),
      }));
      answers.set(group, (at) => ({
        trust: 'fresh',
        at,
        measurement: { kind: 'offsets', partitions: measured, reset: 'earliest' },
      }));
    },
    number(path, value) {
      answers.set(path, (at) => ({ trust: 'fresh', at, measurement: { kind: 'number', value } }));
    },
    sample(of, sample) {
      answers.set(of, () => sample);
    },
    missing(of, because = 'the test says so') {
      answers.set(of, () => ({ trust: 'missing', because, code: 'TEST' }));
    },
    hang() {
      hangs = true;
    },
    fail(error) {
      failure = error;
    },
    async read(requests, { now, signal }) {
      reads.push(requests);
      if (failure) throw failure;
      if (hangs) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return requests.map(({ spec }) => {
        const answer = answers.get(askedFor(spec));
        return answer?.(now) ?? { trust: 'missing', because: 'nothing was said', code: 'TEST' };
      });
    },
    async close() {},
  };
}

/** What tells one metric from another in a test: its group, or its path. */
function askedFor({ options }: MetricSpec): string {
  const { group, path } = options as { readonly group?: string; readonly path?: string };
  return group ?? path ?? '';
}
