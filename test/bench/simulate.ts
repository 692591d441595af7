import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parse } from 'yaml';

import { epochMillis, millis, seconds } from '../../lib/model/units.ts';
import { parseTrace } from '../../lib/simulate/parse-trace.ts';
import { type Model, simulate } from '../../lib/simulate/simulate.ts';
import { policyOf } from '../support/policy.ts';

/*
 * 30 days at 15 s, and riff's benchmark: `node test/bench/simulate.ts`. The trace of 30 days is
 * parsed from text within the measured time, as the command does it.
 */
const BEGIN = epochMillis(Date.UTC(2026, 10, 1));
const folder = path.join(import.meta.dirname, '../../examples/traces');
const ruleOf = (file: string) => {
  const { id, ...attributes } = parse(readFileSync(path.join(folder, file), 'utf8')) as {
    readonly id: string;
  };
  return policyOf(attributes, id);
};
const model: Model = {
  tick: seconds(15),
  startUp: seconds(15),
  rate: 10,
  rebalance: seconds(5),
  partitions: 12,
  over: 100,
  replicas: 0,
  lastFiring: () => undefined,
};

let failed = false;
function report(line: {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar?: number;
}): void {
  const ok = line.bar === undefined || line.value <= line.bar;
  failed ||= !ok;
  const { bar = null, ...rest } = line;
  process.stdout.write(`${JSON.stringify({ bench: 'simulate', ...rest, bar, ok })}\n`);
}

/** A month of days with a night, a row for every tick. */
function monthText(): string {
  const rows = ['seconds,arrivals'];
  for (let tick = 0; tick <= 172_800; tick += 1) {
    const hour = (tick * 15) / 3600;
    const arrivals = 40 - 35 * Math.cos((2 * Math.PI * (hour - 3)) / 24) + (tick % 7);
    rows.push(`${tick * 15},${arrivals.toFixed(2)}`);
  }
  return rows.join('\n');
}

const month = monthText();
const policy = ruleOf('orders-rule.yaml');
const times: number[] = [];
let ticks = 0;
for (let round = 0; round < 3; round += 1) {
  const started = performance.now();
  const { figures } = simulate(policy, parseTrace('month.csv', month, { begin: BEGIN }), model);
  times.push((performance.now() - started) / 1000);
  ({ ticks } = figures);
}
if (ticks !== 172_800) throw new Error(`expected 172,800 ticks, found ${ticks}`);
report({ name: 'month-of-15s-ticks', value: Math.min(...times), unit: 's', bar: 2 });

const text = readFileSync(path.join(folder, 'riff.csv'), 'utf8');
const { figures } = simulate(
  ruleOf('riff-rule.yaml'),
  parseTrace('riff.csv', text, { begin: BEGIN }),
  {
    ...model,
    tick: millis(100),
    startUp: millis(1500),
    rate: 100,
    rebalance: millis(0),
    partitions: 10,
  },
);
const constant = figures.phases.filter(
  ({ name }) => !/sine$|ramp/.test(name) || /after/.test(name),
);
const PASSES_PER_HOUR = 36_000;
report({
  name: 'riff-most-changes-in-a-constant-phase',
  value: Math.max(...constant.map(({ changes }) => changes)),
  unit: 'changes',
  bar: 5,
});
report({
  name: 'riff-replica-passes',
  value: Math.round(figures.replicaHours * PASSES_PER_HOUR),
  unit: 'replica-passes',
  bar: 19_000,
});
report({ name: 'riff-longest-queue', value: figures.maxQueue, unit: 'messages', bar: 400 });
report({ name: 'riff-mean-queue', value: figures.meanQueue, unit: 'messages' });
process.exitCode = failed ? 1 : 0;
