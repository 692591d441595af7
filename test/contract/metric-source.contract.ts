import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { epochMillis } from '../../lib/model/units.ts';
import type { MetricRequest, MetricSource, Reading } from '../../lib/observe/metric-source.ts';

/** A source with a request that it can answer and one that it cannot. */
export interface MetricSourceSubject {
  readonly source: MetricSource;
  readonly good: MetricRequest;
  readonly bad: MetricRequest;
  /** Stops what was started for it. */
  end?(): Promise<void>;
}

const reading = (signal = AbortSignal.timeout(20_000)): Reading => ({
  now: epochMillis(Date.now()),
  signal,
});

/** What `MetricSource` promises, for every kind of source. */
export function metricSourceContract(
  name: string,
  prepare: () => Promise<MetricSourceSubject>,
): void {
  describe(`a metric source: ${name}`, () => {
    let subject: MetricSourceSubject;
    beforeAll(async () => {
      subject = await prepare();
    });
    afterAll(async () => {
      await subject.source.close();
      await subject.end?.();
    });

    test('answers each request in its place, and a bad one does not spoil the others', async () => {
      const { source, good, bad } = subject;
      const samples = await source.read([good, bad, good, bad], reading());
      expect(samples.map(({ trust }) => trust)).toEqual(['fresh', 'missing', 'fresh', 'missing']);
    });

    test('says why a sample is missing, with a code and in a sentence', async () => {
      const [sample] = await subject.source.read([subject.bad], reading());
      expect(sample).toMatchObject({
        code: expect.stringMatching(/^[A-Z_]+$/) as string,
        because: expect.stringMatching(/\w+ .*\.$/) as string,
      });
    });

    test('dates a sample by the reading', async () => {
      const now = reading();
      const [sample] = await subject.source.read([subject.good], now);
      expect(sample).toMatchObject({ trust: 'fresh', at: now.now });
    });

    test('answers nothing when nothing is asked', async () => {
      expect(await subject.source.read([], reading())).toEqual([]);
    });

    test('has missing samples, and no rejection, when the tick is over', async () => {
      const [sample] = await subject.source.read([subject.good], reading(AbortSignal.abort()));
      expect(sample?.trust).toBe('missing');
      const [next] = await subject.source.read([subject.good], reading());
      expect(next?.trust).toBe('fresh');
    });

    test('can be closed twice, and read again after it', async () => {
      await subject.source.close();
      await subject.source.close();
      const [sample] = await subject.source.read([subject.good], reading());
      expect(sample?.trust).toBe('fresh');
    });
  });
}
