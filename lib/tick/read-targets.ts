import type { TargetReading } from '../act/deployer.ts';
import { PlatformError } from '../act/errors.ts';
import { DeadlineError, ScalerError } from '../model/errors.ts';
import { targetName } from '../model/target.ts';
import type { Ports } from './ports.ts';
import type { Scalable } from './scalables.ts';

/** The state of every scalable's target, in order; one conversation for each kind and connection. */
export async function readTargets(
  scalables: readonly Scalable[],
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly TargetReading[]> {
  const groups = Map.groupBy(scalables.keys(), (at) => {
    const target = scalables[at]?.target;
    return JSON.stringify([target?.kind, target?.connection]);
  });
  const readings: TargetReading[] = [];
  const conversations = [...groups.values()].map(async (places) => {
    const asked = places.flatMap((at) => scalables[at] ?? []);
    const answered = await readGroup(asked, ports, signal);
    for (const [index, at] of places.entries()) {
      const reading = answered[index];
      if (reading) readings[at] = reading;
    }
  });
  await Promise.all(conversations);
  return scalables.map(({ target }, at) => readings[at] ?? unread(targetName(target)));
}

const unread = (name: string): TargetReading => ({
  found: 'unknown',
  error: new PlatformError('REFUSED', `${name} was not read`, 'This is a fault of the deployer.'),
});

async function readGroup(
  asked: readonly Scalable[],
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly TargetReading[]> {
  const first = asked[0]?.target;
  if (first === undefined) return [];
  const all = (error: ScalerError): readonly TargetReading[] =>
    asked.map(() => ({ found: 'unknown', error }));
  try {
    const deployer = await ports.deployer(first.kind, first.connection);
    return await deployer.read(
      asked.map(({ target }) => target),
      { signal },
    );
  } catch (error) {
    if (error instanceof ScalerError) return all(error);
    if (signal.aborted) return all(new DeadlineError(`reading ${first.connection}`));
    throw error;
  }
}
