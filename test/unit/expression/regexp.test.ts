import { describe, expect, test } from 'vitest';

import { numberError, value } from './evaluate.ts';

const matches = (text: string, pattern: string): unknown =>
  value('text matches pattern', { text, pattern });

describe('a pattern', () => {
  test.for([
    ['orders-worker', '^orders-', true],
    ['orders-worker', 'worker$', true],
    ['orders', '^(a|o)r?ders$', true],
    ['ORDERS', '(?i)^orders$', true],
    ['\u212a', '(?i)k', true],
    ['a\nb', 'a.b', false],
    ['a\nb', '(?s)a.b', true],
    ['a\nb', '^b$', false],
    ['a\nb', '(?m)^b$', true],
    ['ab', 'a{2}|b{1,}', true],
    ['aaa', '^a{2}$', false],
    ['a-1', String.raw`^\w-\d$`, true],
    ['é', String.raw`^\w$`, false],
    ['é', String.raw`^\pL$`, true],
    ['α', String.raw`\p{Greek}`, true],
    ['x', '[^a-c]', true],
    [']', '[]]', true],
    ['a.b', String.raw`^\Qa.b\E$`, true],
    ['word here', String.raw`\bhere\b`, true],
    ['where', String.raw`\bhere\b`, false],
    ['\u{1F600}', '^.$', true],
    ['', '^$', true],
    ['x{', 'x{', true],
    ['abc', '(?P<first>a)(?<rest>bc)', true],
    ['a', '[[:upper:]]', false],
    ['-', '[a-]', true],
  ] as const)('%j matches %j: %s', ([text, pattern, wanted]) => {
    expect(matches(text, pattern)).toBe(wanted);
  });

  test.for([
    ['a(', 'never closed'],
    ['a)', 'closes nothing'],
    ['*a', 'nothing to repeat'],
    ['a**', 'a repetition is repeated'],
    ['[b-a]', 'wrong way round'],
    ['[a', 'never closed'],
    ['(?=a)', 'begins no group'],
    [String.raw`(a)\1`, 'is no escape'],
    ['a{1001}', 'no count'],
    [String.raw`\p{Klingon}`, 'no class'],
    ['\\', 'ends in a backslash'],
  ] as const)('%j is refused: %s', ([pattern, message]) => {
    const written = numberError(`"a" matches ${JSON.stringify(pattern)} ? 1 : 0`);
    expect(written.stage).toBe('compile');
    expect(written.message).toContain(message);
    const found = numberError('"a" matches pattern ? 1 : 0', { pattern });
    expect(found.stage).toBe('run');
  });

  test.for(['(a+)+$', '(a|aa)+$', '(a|a?)+b', '(.*a){12}$', '(a*)*(b*)*c'])(
    '%s takes time in proportion to the text, where backtracking takes for ever',
    (pattern) => {
      const start = performance.now();
      expect(matches(`${'a'.repeat(2000)}!`, pattern)).toBe(false);
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});
