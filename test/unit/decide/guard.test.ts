import { describe, expect, test } from 'vitest';

import type { Decision, StepName } from '../../../lib/decide/decision.ts';
import { guard } from '../../../lib/decide/guard.ts';

const from = (before: number, after: number, binding: StepName = 'evaluate'): Decision => ({
  capacity: { replicas: { from: before, to: after } },
  binding,
  verdict: 'change',
  steps: [],
});

describe('the guard over all rules', () => {
  test.for([
    {
      name: 'a metric store that died under 500 rules',
      decisions: Array.from({ length: 500 }, () => from(4, 0)),
      held: true,
    },
    {
      name: 'an ordinary evening',
      decisions: [from(10, 8), from(10, 9), from(10, 10), from(4, 9)],
      held: false,
    },
    { name: 'a share that is met exactly', decisions: [from(50, 0), from(50, 50)], held: false },
    { name: 'one more than the share', decisions: [from(51, 0), from(50, 51)], held: true },
    { name: 'a small fleet that goes home', decisions: [from(3, 0), from(2, 0)], held: false },
    { name: 'growth, however much', decisions: [from(1, 900), from(1, 900)], held: false },
    {
      name: 'what a person asked for',
      decisions: [from(500, 0, 'override'), from(10, 10)],
      held: false,
    },
    { name: 'nothing at all', decisions: [], held: false },
  ])('$name: held = $held', ({ decisions, held }) => {
    expect(guard(decisions, { share: 0.5, free: 20 }).held).toBe(held);
  });
});
