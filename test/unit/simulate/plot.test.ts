import { describe, expect, test } from 'vitest';

import { epochMillis, millis, seconds } from '../../../lib/model/units.ts';
import { parseTrace } from '../../../lib/simulate/parse-trace.ts';
import { plot } from '../../../lib/simulate/plot.ts';
import { simulate, type Simulated } from '../../../lib/simulate/simulate.ts';
import { lagMetric, numberMetric, policyOf } from '../../support/policy.ts';

const begin = epochMillis(Date.UTC(2026, 0, 5));
const run = (id: string, text: string, ticks = 15): Simulated => {
  const isLag = text.includes('arrivals');
  const policy = policyOf(
    {
      metrics: isLag ? { orders: lagMetric } : { load: numberMetric('load') },
      replicas: isLag ? 'ceil(orders.lag / 100)' : 'load',
    },
    id,
  );
  return simulate(policy, parseTrace('trace.csv', text, { begin }), {
    tick: seconds(ticks),
    startUp: seconds(15),
    rate: 10,
    rebalance: millis(0),
    partitions: 12,
    over: 100,
    replicas: 0,
    lastFiring: () => undefined,
  });
};
/** Every element is closed in its turn: enough of XML for what is written here. */
function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) return false;
    } else if (self !== '/' && name !== undefined) open.push(name);
  }
  return open.length === 0;
}
const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? '');

describe('the picture of a simulation', () => {
  const svg = plot('orders on a day', [run('orders', 'seconds,arrivals\n0,20\n3600,20')]);

  test('says what each axis and line is', () => {
    const texts = textsOf(svg);
    for (const text of [
      'orders on a day',
      'messages waiting',
      'replicas',
      'asked',
      'wanted',
      'running',
      '00:00:00',
      'time (UTC), from 2026-01-05T00:00:00.000Z',
    ]) {
      expect(texts).toContain(text);
    }
  });

  test('stands alone: well formed, no script, nothing from elsewhere, for light and dark', () => {
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/<script|href|url\(|@import|NaN|Infinity|undefined/);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('of a rule without a queue shows its metric, with a gap where it could not be read', () => {
    const gap = plot('web', [run('web', 'seconds,load\n0,3\n60,\n120,5\n300,0')]);
    expect(textsOf(gap)).toContain('load');
    const [line] = gap.matchAll(/class="line a" d="(M[^"]*H[^"]*V[^"]*)"/g);
    expect(line?.[1]?.match(/M/g)).toHaveLength(2);
  });

  test('of two rules shows both by name', () => {
    const text = 'seconds,arrivals\n0,20\n3600,20';
    const both = textsOf(plot('two', [run('one-rule', text), run('other-rule', text)]));
    expect(both.filter((shown) => shown === 'one-rule')).toHaveLength(2);
    expect(both.filter((shown) => shown === 'other-rule')).toHaveLength(2);
  });

  test('of a month is no longer than that of an hour by much, and loses no peak', () => {
    const rows = 'seconds,load\n0,1\n1000000,9\n1000015,1\n2592000,1';
    const month = plot('month', [run('web', rows)]);
    expect(month.length).toBeLessThan(150_000);
    const [top] = month.matchAll(/class="line a" d="M70 (\S+?)V?[HV]/g);
    expect(Number.parseFloat(top?.[1] ?? '')).toBeGreaterThan(200);
    expect(month).toContain('V66');
  });

  test('escapes what a rule may be called', () => {
    expect(plot('<b> & "c"', [])).toContain('&lt;b&gt; &amp; &quot;c&quot;');
  });
});
