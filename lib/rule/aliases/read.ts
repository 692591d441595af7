import { isPlain, quote } from '../schema.ts';
import { readBehavior, readDirection } from './behavior.ts';
import { type Attributes, type Read, type Reading, TOP } from './names.ts';
import { Renaming, withUnit } from './renaming.ts';
import { explainTriggers } from './triggers.ts';

/**
 * Reads KEDA's ScaledObject options and HPA's behavior where a rule says the same under another
 * name, so that what people know works. Where both names are given, or where a rule says it
 * another way (triggers), the problem has what to write. Sources: KEDA's ScaledObject
 * specification and Kafka scaler (docs 2.21), autoscaling/v2.
 */
export const readNames: Reading = (attributes, vocabulary, connections) => {
  const renaming = new Renaming(attributes);
  idleCount(renaming);
  for (const [name, [own, of, unit]] of Object.entries(TOP)) {
    renaming.move(name, own, of, unit === undefined ? undefined : withUnit);
  }
  refused(renaming);
  const triggers = renaming.take('triggers');
  if (triggers !== undefined) {
    renaming.problems.push(...explainTriggers(triggers, { vocabulary, connections }));
  }
  advanced(renaming);
  readBehavior(renaming, 'behavior', renaming.take('behavior'));
  readDirection(renaming, 'scaleUp');
  readDirection(renaming, 'scaleDown');
  fallback(renaming);
  return finished(renaming);
};

function finished(renaming: Renaming): Read {
  const longestFirst = renaming.renamed.toSorted((one, other) => other.own.length - one.own.length);
  const read = renaming.renamed.map(({ own, from, of }) => ({
    path: from,
    message: `${of}’s name, read as ${own}`,
  }));
  return {
    attributes: renaming.attributes(),
    problems: renaming.problems,
    notes: [...read, ...renaming.notes],
    asWritten({ path, message }) {
      const found = longestFirst.find(
        ({ own }) => path === own || (path.startsWith(own) && /^[.[]/.test(path.slice(own.length))),
      );
      if (found === undefined || found.own === found.from) return { path, message };
      return {
        path: found.from + path.slice(found.own.length),
        message: `${message} (read as ${path})`,
      };
    },
  };
}

function refused(renaming: Renaming): void {
  if (renaming.take('initialCooldownPeriod') !== undefined) {
    renaming.note(
      'initialCooldownPeriod',
      'is not needed, for idle counts from the first tick that sees nothing: leave it out, or hold a longer start with override: { min: 1, until: …, by: …, why: … }',
    );
  }
  const reference = renaming.take('scaleTargetRef');
  if (reference === undefined) return;
  const name = isPlain(reference) ? reference['name'] : undefined;
  const shown = typeof name === 'string' ? quote(name) : 'NAME';
  renaming.note(
    'scaleTargetRef',
    `KEDA’s scaleTargetRef is target here: target: { kind: kubernetes, connection: CONNECTION, namespace: NAMESPACE, name: ${shown} }`,
  );
}

/** KEDA goes to 0 when idle and to its minimum when active; only with a minimum of 0 is that ours. */
function idleCount(renaming: Renaming): void {
  const least = renaming.get('minReplicaCount') ?? renaming.get('min') ?? 0;
  const count = renaming.take('idleReplicaCount');
  if (count === undefined) return;
  if (Number(count) !== 0) {
    renaming.note(
      'idleReplicaCount',
      `KEDA itself accepts only 0 (KEDA#2314); for a count that always stays write min: ${quote(count)}`,
    );
  } else if (Number(least) === 0) {
    const message = 'KEDA’s idleReplicaCount of 0 is what min: 0 and idle mean here';
    renaming.notes.push({ path: 'idleReplicaCount', message });
  } else {
    renaming.note(
      'idleReplicaCount',
      `write min: 0 and the least while active into replicas, such as orders.lag > 0 ? max(${quote(least)}, ceil(orders.lag / 10)) : 0`,
    );
  }
}

const ADVANCED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    restoreToOriginalReplicaCount:
      'has no counterpart: a target stays as it is when its rule is deleted; for another count pin it before: override: { pin: N, until: …, by: …, why: … }',
    horizontalPodAutoscalerConfig: 'expected a map with behavior',
    scalingModifiers: 'expected a map with formula and target',
  }),
);

function advanced(renaming: Renaming): void {
  const value = renaming.take('advanced');
  if (value === undefined) return;
  if (!isPlain(value)) {
    renaming.note('advanced', `expected a map, found ${quote(value)}`);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    const path = `advanced.${key}`;
    if (key === 'horizontalPodAutoscalerConfig' && isPlain(entry)) {
      podAutoscaler(renaming, path, entry);
    } else if (key === 'scalingModifiers' && isPlain(entry)) {
      modifiers(renaming, path, entry);
    } else if (key !== 'restoreToOriginalReplicaCount' || entry !== false) {
      renaming.note(path, ADVANCED.get(key) ?? 'is nothing that KEDA knows either; leave it out');
    }
  }
}

function podAutoscaler(renaming: Renaming, path: string, config: Attributes): void {
  for (const [key, entry] of Object.entries(config)) {
    if (key === 'behavior') readBehavior(renaming, `${path}.behavior`, entry);
    else if (key === 'name') renaming.note(`${path}.name`, 'leave it out: there is no HPA');
    else renaming.note(`${path}.${key}`, 'is nothing that KEDA knows either; leave it out');
  }
}

/** A formula becomes an expression, but only its author knows what the names in it are. */
function modifiers(renaming: Renaming, path: string, config: Attributes): void {
  const { formula, target, activationTarget } = config;
  const of = typeof formula === 'string' ? formula.slice(0, 500) : 'FORMULA';
  const by = typeof target === 'string' || typeof target === 'number' ? String(target) : 'TARGET';
  const wished = `ceil((${of}) / ${by})`;
  const wake = typeof activationTarget === 'string' || typeof activationTarget === 'number';
  const whole = wake ? `(${of}) > ${String(activationTarget)} ? ${wished} : 0` : wished;
  renaming.note(
    path,
    `write replicas: ${whole}; a kafka-lag metric is one number there with value: lag, or name its figure (orders.lag)`,
  );
}

const FALLBACKS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    currentReplicas:
      'leave fallback out: while metrics fail nothing shrinks, so that the count stays anyway',
    currentReplicasIfLower:
      'leave fallback out: while metrics fail nothing shrinks and the count stays; a lower one is never set',
    scalingModifiers:
      'say it in replicas: rps ?? 0 takes a value of your own for a metric that fails',
  }),
);

/** KEDA's fallback sets the count; here it is a floor, which is KEDA's currentReplicasIfHigher. */
function fallback(renaming: Renaming): void {
  const value = renaming.get('fallback');
  if (!isPlain(value)) return;
  const inner = new Renaming(value);
  inner.move('failureThreshold', 'after', 'KEDA');
  const kind = inner.take('behavior');
  if (kind === 'static') {
    const message =
      'KEDA’s static sets the count; here it is a floor, for nothing shrinks while metrics fail';
    inner.notes.push({ path: 'behavior', message });
  } else if (kind !== undefined && kind !== 'currentReplicasIfHigher') {
    const known = `expected static or currentReplicasIfHigher, found ${quote(kind)}`;
    inner.note('behavior', (typeof kind === 'string' ? FALLBACKS.get(kind) : undefined) ?? known);
  }
  renaming.set('fallback', inner.attributes());
  renaming.adopt('fallback', 'fallback', inner);
}
