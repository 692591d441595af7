import { decide, type Seen } from '../../lib/decide/decide.ts';
import type { Memory } from '../../lib/decide/memory.ts';
import { carriedOut } from '../../lib/decide/outcome.ts';
import type { Sample } from '../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../lib/model/units.ts';
import { numberMetric, policyOf } from '../support/policy.ts';

/*
 * Decisions a second with every step at work: `node test/bench/decide.ts`. The world moves, so that
 * windows fill, policies bind and changes are made; the best of several rounds is printed, for a
 * machine that is shared only ever makes it slower.
 */
const BAR = 100_000;
const ROUNDS = 5;
const DECISIONS = 100_000;
const INTERVAL_MS = 15_000;

const policy = policyOf({
  metrics: { queue: numberMetric('queue'), rps: numberMetric('rps'), latency: numberMetric('p99') },
  replicas: 'max(ceil(queue / 100), ceil(rps / 40), latency > 0.5 ? 12 : 0)',
  min: 1,
  max: 40,
  interval: '15s',
  smoothing: { halfLife: '20s' },
  tolerance: 0.1,
  scaleUp: {
    stabilization: '30s',
    policies: [
      { kind: 'percent', value: 100, period: '1m' },
      { kind: 'pods', value: 4, period: '1m' },
    ],
    cooldown: '15s',
  },
  scaleDown: {
    stabilization: '5m',
    policies: [{ kind: 'percent', value: 20, period: '1m' }],
    cooldown: '1m',
  },
  windows: [{ days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Paris', min: 3 }],
  fallback: { after: 3, replicas: 5 },
});

const START = Date.UTC(2026, 10, 20, 6);
const number = (value: number, at: EpochMillis): Sample => ({
  trust: 'fresh',
  at,
  measurement: { kind: 'number', value },
});

/** Seeing everything anew each time, as a tick does. */
function seeing(tick: number, replicas: number, now: EpochMillis): Seen {
  const wave = Math.sin(tick / 120);
  return {
    samples: {
      queue: number(900 + 850 * wave, now),
      rps: number(400 + 300 * Math.sin(tick / 77), now),
      latency: number(tick % 400 < 20 ? 0.7 : 0.2, now),
    },
    target: { wanted: { replicas }, ready: { replicas }, busy: undefined, fence: '1' },
    held: undefined,
    lastFiring: () => undefined,
  };
}

function round(decisions: number): { readonly perSecond: number; readonly changes: number } {
  let memory: Memory = {};
  let [replicas, changes] = [3, 0];
  const started = performance.now();
  for (let tick = 0; tick < decisions; tick += 1) {
    const now = epochMillis(START + tick * INTERVAL_MS);
    const decided = decide(policy, seeing(tick, replicas, now), memory, now);
    const to = decided.decision.capacity.replicas?.to ?? replicas;
    memory = to === replicas ? decided.memory : carriedOut(policy, decided, now);
    if (to !== replicas) changes += 1;
    replicas = to;
  }
  return { perSecond: (decisions / (performance.now() - started)) * 1000, changes };
}

round(20_000);
const rounds = Array.from({ length: ROUNDS }, () => round(DECISIONS));
const best = Math.max(...rounds.map(({ perSecond }) => perSecond));
const changes = rounds[0]?.changes ?? 0;
const ok = best >= BAR && changes > 0;
for (const line of [
  { name: 'full-pipeline', value: Math.round(best), unit: 'decisions/s', bar: BAR, ok },
  { name: 'changes', value: changes, unit: 'of 100,000 decisions', bar: 1, ok: changes > 0 },
]) {
  process.stdout.write(`${JSON.stringify({ bench: 'decide', ...line })}\n`);
}
process.exitCode = ok ? 0 : 1;
