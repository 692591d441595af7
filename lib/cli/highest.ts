import { lagFigures } from '../model/lag.ts';
import type { Measurement, Sample } from '../model/sample.ts';
import { decodeRecording } from '../record/decode.ts';
import type { Io } from './io.ts';
import { recordingsNamed } from './recording-files.ts';

/** The highest value of each metric that was recorded, by rule: `load`, or by figure `orders.lag`. */
export type Highest = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Reads all recordings of a folder, a file or an s3:// place; only the highest values are kept. */
export async function highestIn(place: string, io: Io): Promise<Highest> {
  const highest = new Map<string, Record<string, number>>();
  for await (const { name, lines } of recordingsNamed(place, io)) {
    for await (const { rule, samples } of decodeRecording(lines, name)) {
      const seen = highest.get(rule.id) ?? {};
      highest.set(rule.id, seen);
      raise(seen, samples);
    }
  }
  return highest;
}

function raise(seen: Record<string, number>, samples: Readonly<Record<string, Sample>>): void {
  const measured = Object.entries(samples).flatMap(([metric, sample]) =>
    'measurement' in sample ? figuresOf(metric, sample.measurement) : [],
  );
  for (const [figure, value] of measured) {
    if (Number.isFinite(value)) seen[figure] = Math.max(seen[figure] ?? value, value);
  }
}

function figuresOf(
  metric: string,
  measurement: Measurement,
): readonly (readonly [string, number])[] {
  if (measurement.kind === 'number') return [[metric, measurement.value]];
  const values =
    measurement.kind === 'record'
      ? measurement.values
      : { ...lagFigures(measurement.partitions, measurement.reset) };
  return Object.entries(values).map(([figure, value]) => [`${metric}.${figure}`, value] as const);
}
