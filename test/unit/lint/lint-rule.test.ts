import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { targetKinds } from '../../../lib/act/registry.ts';
import { vocabularyOf } from '../../../lib/app.ts';
import { createLastFiring } from '../../../lib/cron.ts';
import { compilePolicy } from '../../../lib/decide/policy.ts';
import { lintRule } from '../../../lib/lint/lint-rule.ts';
import { formatWarning, type LintContext } from '../../../lib/lint/warning.ts';
import { epochMillis, minutes, seconds } from '../../../lib/model/units.ts';
import { parseRule } from '../../../lib/rule/parse-rule.ts';
import { lagMetric, numberMetric, policyOf } from '../../support/policy.ts';

/** A Friday at noon. */
const now = epochMillis(Date.UTC(2026, 10, 20, 12));
const context: LintContext = { now, lastFiring: createLastFiring(), tickPeriod: minutes(1) };

const metrics = { orders: { ...lagMetric, limitTo: 'partitions' } };
const quiet = {
  metrics,
  replicas: 'ceil(orders.lag / 10)',
  max: 60,
  scaleDown: { stabilization: '5m' },
};
const load = { load: numberMetric('load') };

/** What is said about a rule, `path (thread)`, and in full. */
function said(written: object, more: Partial<LintContext> = {}): readonly string[] {
  const policy = policyOf({ ...quiet, ...written });
  return lintRule(policy, { ...context, ...more }).map(formatWarning);
}

interface Trap {
  readonly name: string;
  readonly written: object;
  readonly more?: Partial<LintContext>;
  readonly path: string;
  readonly tells: string;
  readonly thread: string;
  /** The rule as it is meant, about which nothing is said. */
  readonly meant: object;
}

const nights = { days: 'mon-fri', from: '22:00', to: '06:00', zone: 'UTC', min: 2 };
const office = { days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Paris', min: 3 };

const traps: readonly Trap[] = [
  {
    name: 'a window of weekdays that runs into the weekend',
    written: { windows: [nights] },
    path: 'windows[0]',
    tells: 'the one of fri lasts into sat, which it does not name',
    thread: 'KEDA#4677',
    meant: { windows: [{ ...nights, to: '24:00' }, { ...nights, days: 'mon-sun' }, office] },
  },
  {
    name: 'a cron on weekdays whose duration runs through the weekend',
    written: { windows: [{ cron: '0 8 * * mon-fri', duration: '24h', min: 2 }] },
    path: 'windows[0]',
    tells: 'the one of fri lasts into sat',
    thread: 'KEDA#4677',
    meant: {
      windows: [
        { cron: '0 8 * * mon-fri', duration: '10h', min: 2 },
        { cron: '0 14 * * 1-5', duration: '10h', min: 2 },
        { cron: '0 18 * * fri', duration: '60h', min: 2 },
      ],
    },
  },
  {
    name: 'a window that is always open',
    written: { windows: [{ from: '00:00', to: '24:00', min: 2 }] },
    path: 'windows[0]',
    tells: 'is open all the time',
    thread: 'start and end cannot be the same',
    meant: { windows: [{ from: '00:00', to: '24:00', min: 2, except: ['2026-12-25'] }], min: 1 },
  },
  {
    name: 'a window whose min is above the rule’s max',
    written: { windows: [{ ...office, min: 70 }] },
    path: 'windows[0].min',
    tells: 'is 70, above the rule’s max of 60: max wins',
    thread: 'KEDA#3330',
    meant: { windows: [{ ...office, min: 60 }] },
  },
  {
    name: 'windows that contradict each other at some hour of the week',
    written: {
      windows: [
        { ...office, zone: 'UTC', min: 9 },
        { days: 'tue', from: '17:00', to: '20:00', max: 4 },
      ],
    },
    path: 'windows',
    tells: 'at 2026-11-24T17:00:00.000Z min is 9 and max is 4: max wins',
    thread: 'fly-autoscaler',
    meant: {
      windows: [
        { ...office, zone: 'UTC', min: 9 },
        { days: 'tue', from: '18:00', to: '20:00', max: 4 },
      ],
    },
  },
  {
    name: 'a min above max at some hour by what they say of the time',
    written: { min: 'now().Hour() >= 22 ? 8 : 1', max: 5 },
    path: 'min',
    tells: 'at 2026-11-20T22:00:00.000Z min is 8 and max is 5',
    thread: 'fly-autoscaler',
    meant: { min: 'now().Hour() >= 22 ? 5 : 1', max: 5 },
  },
  {
    name: 'an activation above one replica’s share',
    written: { replicas: 'orders.lag > 50 ? ceil(orders.lag / 10) : 0' },
    path: 'replicas',
    tells:
      'at a orders.lag of 50 there is no replica though 10 are one’s share, and just above it 5 at once',
    thread: 'activation has priority over the target',
    meant: { replicas: 'orders.lag > 5 ? ceil(orders.lag / 10) : 0' },
  },
  {
    name: 'an activation written the other way round, with if',
    written: { replicas: 'if 50 >= orders.lag { 0 } else { ceil(orders.lag / 10) }' },
    path: 'replicas',
    tells: 'at a orders.lag of 50 there is no replica',
    thread: 'activation',
    meant: { replicas: 'if 5 >= orders.lag { 0 } else { ceil(orders.lag / 10) }' },
  },
  {
    name: 'a formula that only switches',
    written: { replicas: 'orders.lag > 100 ? 1 : 0' },
    path: 'replicas',
    tells: 'is never more than 1',
    thread: 'KEDA#7195',
    meant: { replicas: 'orders.lag > 100 ? 4 : 0' },
  },
  {
    name: 'an if whose branch has no value',
    written: { replicas: 'if orders.lag > 100 { 5 } else { nil }' },
    path: 'replicas',
    tells: 'a branch gives nil',
    thread: 'KEDA#7195',
    meant: { replicas: 'if orders.lag > 100 { 5 } else { 2 }' },
  },
  {
    name: 'a division by a metric that can be 0',
    written: { metrics: { ...metrics, ...load }, replicas: 'ceil(orders.lag / load)' },
    path: 'replicas',
    tells: 'load can be 0, and then the result is unknown',
    thread: 'ai-dynamo/dynamo#6985',
    meant: {
      metrics: { ...metrics, ...load },
      replicas: 'ceil(orders.lag / max(load, 1)) + (load > 0 ? 2 / load : 0)',
    },
  },
  {
    name: 'a bound that divides by a metric that can be 0, as partitions never are',
    written: { metrics: { ...metrics, ...load }, max: '90 % int(load + 0)' },
    path: 'max',
    tells: 'load can be 0',
    thread: 'ai-dynamo/dynamo#6985',
    meant: { max: 'ceil(90 / orders.partitions)' },
  },
  {
    name: 'a threshold that no recording ever reached',
    written: { replicas: 'orders.lag > 500 ? 9 : 2' },
    more: { highest: { 'orders.lag': 120 } },
    path: 'replicas',
    tells: 'orders.lag was never above 120 in the recordings, so that 500 is never reached',
    thread: 'keda-docs#1595',
    meant: { replicas: 'orders.lag > 100 ? 9 : 2' },
  },
  {
    name: 'a share that no recording ever reached',
    written: { replicas: 'ceil(orders.lag / 1000)' },
    more: { highest: { 'orders.lag': 120 } },
    path: 'replicas',
    tells: 'so that orders.lag / 1000 is never 1',
    thread: 'keda-docs#1595',
    meant: { replicas: 'ceil(orders.lag / 100)' },
  },
  {
    name: 'a metric that is gone with the last replica',
    written: { metrics: load, replicas: 'ceil(load / 10)' },
    more: {
      connections: {
        web: { name: 'web', kind: 'http', settings: { url: 'http://orders.shop.svc:8080/' } },
      },
    },
    path: 'metrics.load',
    tells: 'answers nothing once it is at zero, so that nothing wakes it',
    thread: 'nomad-autoscaler PR#534',
    meant: { metrics: load, replicas: 'ceil(load / 10)', fallback: { after: 1, replicas: 1 } },
  },
  {
    name: 'lag without a max that anybody chose',
    written: { metrics: { orders: lagMetric }, max: undefined },
    path: 'max',
    tells: 'write limitTo: partitions in metrics.orders, or max: min(20, orders.partitions)',
    thread: 'KEDA#3997',
    meant: { max: 'min(100, orders.partitions)', metrics: { orders: lagMetric } },
  },
  {
    name: 'a partition taken for stuck after one look',
    written: { metrics: { orders: { ...lagMetric, excludeStuck: 1 } } },
    path: 'metrics.orders.excludeStuck',
    tells: '3 or more',
    thread: 'KEDA#3904',
    meant: { metrics: { orders: { ...lagMetric, excludeStuck: 3 } } },
  },
  {
    name: 'an interval shorter than that of ticks',
    written: { interval: '15s' },
    path: 'interval',
    tells: 'is 15 s, but ticks come every 60 s',
    thread: 'Zappa#806',
    meant: { interval: '1m' },
  },
  {
    name: 'a smoothing that is over before the next look',
    written: { smoothing: { halfLife: '1.35s' } },
    path: 'smoothing.halfLife',
    tells: 'more than 99 % of the way is gone and nothing is smoothed; write at least 30 s',
    thread: 'riff',
    meant: { smoothing: { halfLife: '30s' } },
  },
  {
    name: 'a tolerance that hides a whole replica',
    written: { max: 40, tolerance: { up: 0.1 } },
    path: 'tolerance.up',
    tells: 'at 40 replicas a wish for 4 more is left alone',
    thread: 'k8s#116984',
    meant: { max: 400, tolerance: { up: 0.1 } },
  },
  {
    name: 'a tolerance of less than one replica',
    written: { max: 5, tolerance: { down: 0.1 } },
    path: 'tolerance.down',
    tells: 'it never holds anything',
    thread: 'k8s#116984',
    meant: { max: 5 },
  },
  {
    name: 'a way to zero that is closed',
    written: { scaleDown: { select: 'disabled' } },
    path: 'scaleDown.select',
    tells: 'the target never goes there',
    thread: 'KEDA#7770',
    meant: { scaleDown: { select: 'disabled' }, min: 1 },
  },
  {
    name: 'an idle time shorter than an interval',
    written: { idle: '10s' },
    path: 'idle',
    tells: 'between two messages',
    thread: 'KEDA#7327',
    meant: { idle: '2m' },
  },
  {
    name: 'a fallback that max cuts',
    written: { fallback: { after: 3, replicas: 70 } },
    path: 'fallback.replicas',
    tells: 'is 70, above the rule’s max of 60',
    thread: 'KEDA#7239',
    meant: { fallback: { after: 3, replicas: 60 } },
  },
  {
    name: 'an override that has ended',
    written: { override: { pin: 3, until: '2026-11-20T12:00:00Z', by: 'ops', why: 'sale' } },
    path: 'override.until',
    tells: 'the override of ops does nothing any more',
    thread: 'KEDA#6956',
    meant: { override: { pin: 3, until: '2026-11-20T12:00:01Z', by: 'ops', why: 'sale' } },
  },
  {
    name: 'a dry run that was left on',
    written: { dryRun: true },
    path: 'dryRun',
    tells: 'changes nothing',
    thread: 'nomad-autoscaler#845',
    meant: { dryRun: false },
  },
];

describe('the linter warns of what has surprised people elsewhere', () => {
  test.for(traps)('$name ($thread)', ({ written, more, path, tells, thread }) => {
    const [warning, ...others] = said(written, more);
    expect(others).toEqual([]);
    expect(warning?.startsWith(`${path}: `)).toBe(true);
    expect(warning).toContain(tells);
    expect(warning).toMatch(new RegExp(`\\(.*${thread}.*\\)$`));
  });

  test.for(traps)('and is silent where it is meant: $name', ({ meant, more }) => {
    expect(said(meant, more)).toEqual([]);
  });

  test('a pattern that matches nothing (instance-scheduler#171)', () => {
    const target = { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'order-*' };
    expect(said({ target }, { matches: 0 })).toEqual([
      'target: no target matches it, so that the rule does nothing; check its name, namespace and labels (instance-scheduler#171)',
    ]);
    expect(said({}, { matches: 0 })[0]).toContain('there is no such target');
    expect(said({ target }, { matches: 3 })).toEqual([]);
  });

  test('a window whose start is its end is no warning but refused (KEDA#4677)', () => {
    const rule = {
      target: { kind: 'kubernetes', connection: 'prod', namespace: 'shop', name: 'orders' },
      replicas: 1,
      windows: [{ from: '08:00', to: '08:00', min: 1 }],
    };
    const parsed = parseRule('a', rule, vocabularyOf(targetKinds), {
      prod: { name: 'prod', kind: 'kubernetes', settings: {} },
    });
    expect(parsed).toMatchObject({ ok: false, problems: [{ path: 'windows[0].to' }] });
  });

  test('a metric of a queue is kept elsewhere, and one of several wakes', () => {
    const at = (url: string) => ({
      connections: { web: { name: 'web', kind: 'http', settings: { url } } },
    });
    const served = { metrics: load, replicas: 'ceil(load / 10)' };
    expect(said(served, at('http://queue.shop.svc:8080'))).toEqual([]);
    expect(said(served, at('http://orders:8080'))).toHaveLength(1);
    expect(said({ ...served, min: 1 }, at('http://orders:8080'))).toEqual([]);
    const both = {
      metrics: { ...metrics, ...load },
      replicas: 'max(ceil(load / 10), ceil(orders.lag / 10))',
    };
    expect(said(both, at('http://orders:8080'))).toEqual([]);
  });

  test('the rules of the examples are quiet', () => {
    const folder = resolve(import.meta.dirname, '../../../examples/rules');
    const connections = Object.fromEntries(
      [
        { name: 'workers', kind: 'process' },
        { name: 'queue', kind: 'http' },
      ].map(({ name, kind }) => [name, { name, kind, settings: {} }]),
    );
    for (const file of ['mail.yaml', 'thumbnails.yaml']) {
      const { id, ...rule } = parseYaml(readFileSync(join(folder, file), 'utf8')) as {
        id: string;
      };
      const parsed = parseRule(id, rule, vocabularyOf(targetKinds), connections);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const compiled = compilePolicy(parsed.rule);
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
      const warnings = lintRule(compiled.policy, {
        now,
        lastFiring: createLastFiring(),
        connections,
      });
      expect(warnings).toEqual([]);
    }
  });

  test.for([
    'let unread = orders.lag; unread > 20 ? ceil(unread / 10) : 2',
    'sum(map(1..3, # * orders.lag))',
    '[orders.lag, 3] | max() | int()',
    'orders?.lag ?? 3',
    'filter([1, 2], # > 1)[0] + orders.maxLag',
    '1 < orders.lag < 5 ? 2 : 3',
    'get({"a": 1}, "a") + (orders.lag in [1, 2] ? 2 : 3)',
    '(orders.lag > 4 ?: false) ? 2 : 4',
  ])('reads whatever the language has: %s', (replicas) => {
    expect(said({ replicas })).toEqual([]);
  });

  test('a switch is what is meant where there is one replica at most', () => {
    expect(said({ replicas: 'orders.lag > 0 ? 1 : 0', max: 1 })).toEqual([]);
  });

  test('the week’s last moment is looked at, and no later one', () => {
    const clash = (day: string) => ({
      min: 2,
      windows: [
        { days: 'mon-sun', from: '00:00', to: '23:00', min: 9 },
        { days: day, from: '10:00', to: '11:00', max: 4 },
      ],
    });
    expect(said(clash('fri'))).toEqual([expect.stringContaining('2026-11-27T10:00:00.000Z')]);
    const late = { ...context, now: epochMillis(now + seconds(30)) };
    expect(lintRule(policyOf({ ...quiet, ...clash('thu') }), late)).toHaveLength(1);
  });
});
