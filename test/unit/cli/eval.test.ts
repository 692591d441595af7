import { expect, test } from 'vitest';

import { createFakeIo } from './fake-io.ts';

test.for([
  { words: ['ceil(lag / 10)', '--metric', 'lag=95'], out: '10\n', code: 0 },
  {
    words: ['orders.lag + rps', '--metric', 'orders.lag=4', '--metric', 'rps=2.5'],
    out: '6.5\n',
    code: 0,
  },
  { words: ['rps ?? 3', '--metric', 'rps='], out: '3\n', code: 0 },
  { words: ['1 / zero', '--metric', 'zero=0'], out: '+Inf\n', code: 0 },
])('rubato eval $words', async ({ words, out, code }) => {
  using io = createFakeIo();
  expect(await io.rubato('eval', ...words)).toBe(code);
  expect(io.taken().out).toBe(out);
});

test.for([
  { words: ['ceil(lga / 10)', '--metric', 'lag=95'], code: 1, said: 'lag' },
  { words: [], code: 2, said: 'There is no expression' },
  { words: ['lag', '--metric', 'lag=many'], code: 2, said: 'lag' },
  { words: ['1', '--now', 'tomorrow'], code: 2, said: '--now: expected a moment' },
])('rubato eval $words says what is wrong', async ({ words, code, said }) => {
  using io = createFakeIo();
  expect(await io.rubato('eval', ...words)).toBe(code);
  expect(io.taken().err).toContain(said);
});

test('rubato eval --batch answers each line', async () => {
  const lines = [
    { expr: 'lag * 2', env: { lag: 21 } },
    { expr: '1 / 0', env: {} },
    { expr: 'lag +', env: { lag: 1 } },
    { expr: 'max([])', env: {} },
  ];
  using io = createFakeIo({ stdin: lines.map((line) => `${JSON.stringify(line)}\n`).join('') });
  expect(await io.rubato('eval', '--batch')).toBe(0);
  const answers = io
    .taken()
    .out.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(answers).toMatchObject([
    { result: 42 },
    { result: expect.stringMatching(/Inf/) },
    { stage: 'compile' },
    { error: expect.any(String) },
  ]);
});
