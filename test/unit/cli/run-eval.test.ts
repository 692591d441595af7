import { describe, expect, test } from 'vitest';

import { type EvalRequest, runEval } from '../../../lib/cli/eval.ts';
import { epochMillis } from '../../../lib/model/units.ts';

interface Outcome {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

async function run(
  request: Partial<EvalRequest>,
  pieces: readonly string[] = [],
): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const stdin = (async function* stdin() {
    yield* pieces;
  })();
  const code = await runEval(
    {
      expression: undefined,
      metrics: [],
      batch: false,
      json: false,
      now: epochMillis(Date.parse('2026-11-27T06:00:00Z')),
      ...request,
    },
    { stdin, out: (line) => out.push(line), err: (line) => err.push(line) },
  );
  return { code, out, err };
}

describe('rubato eval', () => {
  test.for([
    ['ceil(lag / 10)', ['lag=95'], '10'],
    ['orders.lag / orders.partitions', ['orders.lag=60', 'orders.partitions=6'], '10'],
    ['rps ?? 7', ['rps='], '7'],
    ['lag / 0', ['lag=1'], '+Inf'],
    ['lag * 2', ['lag=-Inf'], '-Inf'],
    ['nan * 2', ['nan=NaN'], 'NaN'],
    ['now().Hour()', [], '6'],
    ['lag', ['lag=1e3'], '1000'],
  ] as const)('%s with %j prints %s', async ([expression, metrics, wanted]) => {
    expect(await run({ expression, metrics })).toEqual({ code: 0, out: [wanted], err: [] });
  });

  test('--json adds the count of replicas', async () => {
    const { out } = await run({ expression: 'lag / 10', metrics: ['lag=95'], json: true });
    expect(out).toEqual(['{"result":9.5,"count":10}']);
    const infinite = await run({ expression: '1 / 0', json: true });
    expect(infinite.out).toEqual(['{"result":"+Inf"}']);
  });

  test('shows where a mistake is, and exits with 1', async () => {
    const { code, out, err } = await run({ expression: 'ceil(lga / 10)', metrics: ['lag=95'] });
    expect(code).toBe(1);
    expect(out).toEqual([]);
    expect(err).toEqual([
      'unknown name lga (did you mean "lag"?) (line 1, column 6). Known are lag.',
      '  ceil(lga / 10)',
      '       ^',
    ]);
  });

  test('tells a mistake in JSON as well', async () => {
    const { code, out } = await run({ expression: 'rps * 2', metrics: ['rps='], json: true });
    expect(code).toBe(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      code: 'METRIC_MISSING',
      stage: 'run',
      column: 1,
    });
  });

  test.for([
    [undefined, [], 'There is no expression'],
    ['1', ['lag'], '"lag" is no metric'],
    ['1', ['lag=much'], '"lag=much" is no metric'],
    ['1', ['=5'], '"=5" is no metric'],
    ['1', ['a=1', 'a.b=2'], 'a cannot be a number and have figures'],
  ] as const)('%s with %j is called wrongly: exit 2', async ([expression, metrics, message]) => {
    const { code, err } = await run({ expression, metrics });
    expect(code).toBe(2);
    expect(err[0]).toContain(message);
  });
});

describe('rubato eval --batch', () => {
  const batch = async (text: string, size = text.length): Promise<Outcome> => {
    const count = Math.ceil(text.length / Math.max(size, 1));
    const pieces = Array.from({ length: count }, (_, at) => text.slice(at * size, (at + 1) * size));
    return run({ batch: true }, pieces);
  };

  const question = (expr: string, env: object = {}): string => JSON.stringify({ expr, env });

  test('answers each line with a line, in order', async () => {
    const lines = [
      question('ceil(lag / 10)', { lag: 95 }),
      question('0 / 0'),
      question('1 / 0'),
      question('-1 / 0'),
      question('orders.lag + len(xs)', { orders: { lag: 5 }, xs: [1, 2] }),
      question('orders.nope ?? 4', { orders: { lag: 5 } }),
      question('gone ?? 3', { gone: null }),
    ];
    const { code, out } = await batch(lines.join('\n'));
    expect(code).toBe(0);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
      { result: 10 },
      { result: 'NaN' },
      { result: '+Inf' },
      { result: '-Inf' },
      { result: 7 },
      { result: 4 },
      { result: 3 },
    ]);
  });

  test('an expression without a value is an answer too', async () => {
    const { code, out } = await batch(`${question('lag >', { lag: 1 })}\n${question('[1][3]')}\n`);
    expect(code).toBe(0);
    expect(out.map((line) => (JSON.parse(line) as { stage: string }).stage)).toEqual([
      'compile',
      'run',
    ]);
  });

  test('takes lines in pieces of any size, empty ones, and a last one without an end', async () => {
    const { out } = await batch(
      `${question('1')}\n\n${question('"é" == "é" ? 2 : 0')}\n${question('3')}`,
      7,
    );
    expect(out).toEqual(['{"result":1}', '{"result":2}', '{"result":3}']);
  });

  test.for(['no json', '{"expr": 5}', '[]', 'null', '{"expr": "1", "env": 3}', '{}'])(
    '%s is no question: it is said so, the others are answered, exit 1',
    async (line) => {
      const { code, out } = await batch(`${line}\n${question('1')}`);
      expect(code).toBe(1);
      expect(out[0]).toContain('"stage":"input"');
      expect(out[1]).toBe('{"result":1}');
    },
  );

  test('a line that never ends is refused, not collected', async () => {
    const { code, out } = await batch(
      `${question(' '.repeat(1_200_000))}\n${question('1')}`,
      64_000,
    );
    expect(code).toBe(1);
    expect(out).toHaveLength(2);
    expect(out[1]).toBe('{"result":1}');
  });
});
