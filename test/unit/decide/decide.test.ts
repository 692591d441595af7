import { describe, expect, test } from 'vitest';

import { targetKinds } from '../../../lib/act/registry.ts';
import { vocabularyOf } from '../../../lib/app.ts';
import { decide, type Seen } from '../../../lib/decide/decide.ts';
import type { Decision } from '../../../lib/decide/decision.ts';
import { type Memory, readMemory, writeMemory } from '../../../lib/decide/memory.ts';
import { carriedOut, withhold } from '../../../lib/decide/outcome.ts';
import { compilePolicy, type Policy } from '../../../lib/decide/policy.ts';
import type { Sample } from '../../../lib/model/sample.ts';
import { type EpochMillis, epochMillis } from '../../../lib/model/units.ts';
import { parseRule } from '../../../lib/rule/parse-rule.ts';

const NOW = epochMillis(Date.UTC(2026, 10, 20, 12));
const connections = {
  web: { name: 'web', kind: 'http', settings: {} },
  prod: { name: 'prod', kind: 'kubernetes', settings: {} },
};

function policyOf(attributes: Readonly<Record<string, unknown>>): Policy {
  const metric = (path: string) => ({
    kind: 'http-json',
    connection: 'web',
    path: `/${path}`,
    json: '$',
  });
  const rule = {
    target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'web' },
    metrics: { load: metric('load'), spare: metric('spare') },
    replicas: 'load',
    ...attributes,
  };
  const parsed = parseRule('web', rule, vocabularyOf(targetKinds), connections);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const compiled = compilePolicy(parsed.rule);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.policy;
}

const fresh = (value: number, at: EpochMillis = NOW): Sample => ({
  trust: 'fresh',
  at,
  measurement: { kind: 'number', value },
});
const missing: Sample = { trust: 'missing', because: 'no answer', code: 'TIMED_OUT' };

const seen = (
  replicas: number,
  samples: Readonly<Record<string, Sample>>,
  more: Partial<Seen> = {},
): Seen => ({
  samples,
  target: { wanted: { replicas }, ready: { replicas }, busy: undefined, fence: '1' },
  held: undefined,
  lastFiring: () => undefined,
  ...more,
});

const to = ({ capacity }: Decision): number | undefined => capacity.replicas?.to;

/** The count one rule decides for, without memory. */
function decided(
  attributes: Readonly<Record<string, unknown>>,
  replicas: number,
  samples: Readonly<Record<string, Sample>>,
): Decision {
  return decide(policyOf(attributes), seen(replicas, samples), {}, NOW).decision;
}

describe('ranges: below min it grows to it, above max it shrinks to it, between them it stays', () => {
  test.for([
    { replicas: 1, count: 3 },
    { replicas: 4, count: 4 },
    { replicas: 9, count: 6 },
  ])('from $replicas to $count', ({ replicas, count }) => {
    const rule = { replicas: { min: 'load', max: 'load * 2' } };
    expect(to(decided(rule, replicas, { load: fresh(3) }))).toBe(count);
  });

  test('with min above max, max wins and the step says so', () => {
    const decision = decided({ replicas: { min: 'load', max: 'spare' } }, 2, {
      load: fresh(9),
      spare: fresh(4),
    });
    expect(to(decision)).toBe(4);
    expect(decision.steps[0]?.note).toContain('min above max: max wins');
  });
});

describe('counts as fly-autoscaler rounds them', () => {
  test.for([
    { value: 2.4, count: 2 },
    { value: 2.5, count: 3 },
    { value: 3.5, count: 4 },
    { value: -2, count: 0 },
    { value: 0.49999999999999994, count: 0 },
  ])('$value is $count', ({ value, count }) => {
    expect(to(decided({ idle: '0s', max: 100 }, 0, { load: fresh(value) }))).toBe(count);
  });

  test.for([
    { name: 'NaN', replicas: 'load / spare' },
    { name: 'Inf', replicas: '1 / spare' },
  ])('$name is unknown, so the count is kept', ({ replicas }) => {
    const decision = decided({ replicas }, 7, { load: fresh(0), spare: fresh(0) });
    expect(decision).toMatchObject({ verdict: 'hold', capacity: { replicas: { from: 7, to: 7 } } });
  });

  test('1e19 is a great many and never wraps to none (fly-autoscaler overflows and destroys)', () => {
    expect(to(decided({ replicas: '1e19', max: 50 }, 3, {}))).toBe(50);
  });
});

describe('what is missing', () => {
  test('is nil: ?? takes its place upwards, and still nothing shrinks (peers: only fresh may shrink)', () => {
    const rule = { replicas: 'spare ?? 5' };
    expect(to(decided(rule, 2, { spare: missing }))).toBe(5);
    expect(to(decided(rule, 9, { spare: missing }))).toBe(9);
  });

  test('in a metric no expression names disturbs nothing', () => {
    expect(decided({}, 5, { load: fresh(2), spare: missing })).toMatchObject({
      verdict: 'change',
      capacity: { replicas: { to: 2 } },
    });
  });

  test('in max: no growth beyond what runs, and no shrink', () => {
    const rule = { max: 'spare' };
    expect(to(decided(rule, 5, { load: fresh(9), spare: missing }))).toBe(5);
    expect(to(decided(rule, 5, { load: fresh(2), spare: missing }))).toBe(5);
  });

  test('in min: growth goes on, a shrink does not', () => {
    const rule = { min: 'spare' };
    expect(to(decided(rule, 5, { load: fresh(9), spare: missing }))).toBe(9);
    expect(to(decided(rule, 5, { load: fresh(2), spare: missing }))).toBe(5);
  });

  test('never lifts a constant max', () => {
    expect(to(decided({ max: 4 }, 9, { load: missing }))).toBe(4);
  });
});

describe('the order of steps', () => {
  test('KEDA#7770: the way to zero obeys policies and cooldowns', () => {
    const policy = policyOf({
      idle: '0s',
      scaleDown: { policies: [{ kind: 'pods', value: 2, period: '1m' }], cooldown: '90s' },
    });
    let memory: Memory = {};
    let replicas = 5;
    const counts: number[] = [];
    for (let minute = 0; minute < 8; minute += 1) {
      const now = epochMillis(NOW + minute * 60_000);
      const next = decide(policy, seen(replicas, { load: fresh(0, now) }), memory, now);
      memory = carriedOut(policy, next, now);
      replicas = to(next.decision) ?? -1;
      counts.push(replicas);
    }
    expect(counts).toEqual([3, 3, 1, 1, 0, 0, 0, 0]);
  });

  test('k8s#116984: the tolerance is asked of the wish, so that a smoothed climb is not stuck in it', () => {
    const policy = policyOf({ tolerance: 0.1, smoothing: { halfLife: '10m' } });
    let memory: Memory = {};
    let replicas = 20;
    for (let minute = 0; minute < 60; minute += 1) {
      const now = epochMillis(NOW + minute * 60_000);
      const next = decide(policy, seen(replicas, { load: fresh(40, now) }), memory, now);
      memory = carriedOut(policy, next, now);
      replicas = to(next.decision) ?? -1;
    }
    expect(replicas).toBeGreaterThanOrEqual(36);
  });

  test('riff fault 9.8: what a later step holds does not wind up behind it', () => {
    const policy = policyOf({ smoothing: { halfLife: '1m' }, max: 4 });
    let memory: Memory = {};
    for (let minute = 0; minute < 30; minute += 1) {
      const now = epochMillis(NOW + minute * 60_000);
      ({ memory } = decide(policy, seen(4, { load: fresh(100, now) }), memory, now));
    }
    const now = epochMillis(NOW + 30 * 60_000);
    const { decision } = decide(policy, seen(4, { load: fresh(2, now) }), memory, now);
    expect(to(decision)).toBe(3);
  });

  test('an override ends by itself (KEDA#6956)', () => {
    const override = { pin: 7, until: '2026-11-20T12:30:00Z', by: 'ops', why: 'sale' };
    const rule = { override };
    const during = decided(rule, 2, { load: fresh(3) });
    expect(during).toMatchObject({ binding: 'override', capacity: { replicas: { to: 7 } } });
    const late = epochMillis(Date.UTC(2026, 10, 20, 12, 30));
    const after = decide(policyOf(rule), seen(7, { load: fresh(3, late) }), {}, late).decision;
    expect(to(after)).toBe(3);
  });

  test.for([
    { paused: 'both', load: 9, count: 5 },
    { paused: 'both', load: 1, count: 5 },
    { paused: 'up', load: 9, count: 5 },
    { paused: 'up', load: 1, count: 1 },
    { paused: 'down', load: 9, count: 9 },
    { paused: 'down', load: 1, count: 5 },
  ])(
    'paused $paused with a wish of $load stays at or goes to $count',
    ({ paused, load, count }) => {
      const override = { paused, until: '2026-11-21T00:00:00Z', by: 'ops', why: 'incident' };
      expect(to(decided({ override }, 5, { load: fresh(load) }))).toBe(count);
    },
  );

  test('a window raises the floor, max still wins, and the binding step is named', () => {
    const windows = [{ days: 'mon-fri', from: '08:00', to: '18:00', zone: 'UTC', min: 30 }];
    expect(decided({ windows }, 2, { load: fresh(3) })).toMatchObject({
      binding: 'windows',
      capacity: { replicas: { to: 30 } },
    });
    const capped = decided({ windows, max: 10 }, 2, { load: fresh(3) });
    expect(capped).toMatchObject({ binding: 'bound', capacity: { replicas: { to: 10 } } });
    expect(capped.steps.at(-1)?.note).toContain('max wins');
  });

  test('a gate holds whatever was wished, and nothing winds up behind it', () => {
    const policy = policyOf({ smoothing: { halfLife: '1m' } });
    const busy = {
      wanted: { replicas: 2 },
      ready: { replicas: 2 },
      busy: 'rolling out',
      fence: '1',
    };
    const { decision, memory } = decide(
      policy,
      seen(2, { load: fresh(9) }, { target: busy }),
      {},
      NOW,
    );
    expect(decision).toMatchObject({
      verdict: 'hold',
      binding: 'gate',
      capacity: { replicas: { to: 2 } },
    });
    expect(memory).toEqual({});
  });
});

describe('memory', () => {
  test('is empty at rest, and a decision without it is the same', () => {
    const policy = policyOf({
      smoothing: { halfLife: '1m' },
      scaleDown: {
        stabilization: '5m',
        policies: [{ kind: 'pods', value: 1, period: '1m' }],
        cooldown: '1m',
      },
      fallback: { after: 3, replicas: 2 },
    });
    const { decision, memory } = decide(policy, seen(4, { load: fresh(4) }), {}, NOW);
    expect(decision.verdict).toBe('rest');
    expect(writeMemory(memory)).toBe('');
  });

  test('comes back as it was written, and what is damaged or of another version is none', () => {
    const policy = policyOf({ smoothing: { halfLife: '1m' }, scaleDown: { stabilization: '5m' } });
    const { memory } = decide(policy, seen(9, { load: fresh(4) }), {}, NOW);
    expect(readMemory(writeMemory(memory))).toEqual(memory);
    expect(readMemory('{"v":1,"dim')).toEqual({});
    expect(readMemory('{"v":99,"failing":3}')).toEqual({});
    expect(readMemory('null')).toEqual({});
  });

  test('of a decision that was withheld forgets the climb', () => {
    const policy = policyOf({ smoothing: { halfLife: '1m' } });
    const climbing = decide(policy, seen(2, { load: fresh(9) }), {}, NOW);
    const held = withhold(climbing, 'guard', 'too much at once');
    expect(held.decision).toMatchObject({
      verdict: 'hold',
      binding: 'guard',
      capacity: { replicas: { from: 2, to: 2 } },
    });
    expect(held.memory).toEqual({});
  });
});
