import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parse, problemsOf } from './parsing.ts';
import { complete, smallest } from './vocabulary.ts';

/** Every place in a value, as the keys that lead there. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, entry]) =>
    placesIn(entry).map((place) => [key].concat(place)),
  );
  return [[], ...below];
}

/** The same value with something else at one place. */
function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((entry: unknown, at) =>
      String(at) === key ? replaced(entry, rest, by) : entry,
    );
  }
  return { ...(value as object), [key]: replaced(Reflect.get(value as object, key), rest, by) };
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** What must hold of an answer, whatever was asked. */
function expectAnswer(attributes: unknown): void {
  const attempt = parse(attributes);
  if (attempt.ok) return;
  expect(attempt.problems.length).toBeGreaterThan(0);
  expect(attempt.problems.length).toBeLessThanOrEqual(51);
  for (const { path, message } of attempt.problems) {
    expect(path.length).toBeLessThan(400);
    expect(message.length).toBeLessThan(1000);
    expect(message).not.toContain('\n');
  }
}

describe('a hostile rule', () => {
  test('is answered, never thrown at, whatever it is', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(() => expectAnswer(value)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  test('is answered, never thrown at, whatever stands at any one place of a good one', () => {
    const places = placesIn(complete);
    fc.assert(
      fc.property(fc.constantFrom(...places), anything, (place, by) => {
        expect(() => expectAnswer(replaced(complete, place, by))).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  test('is told where it is wrong by a path that starts with the place’s attribute', () => {
    const places = placesIn(complete).filter((place) => place.length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...places), (place) => {
        const attempt = parse(replaced(complete, place, Symbol('wrong')));
        const paths = attempt.ok ? [] : attempt.problems.map(({ path }) => path);
        expect(paths.join(' ')).toContain(place[0]);
      }),
    );
  });

  test('is not changed by being read', () => {
    const before = structuredClone(complete);
    parse(complete);
    expect(complete).toEqual(before);
  });

  const megabyte = 'x'.repeat(1_048_576);
  const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;
  const circle: Record<string, unknown> = { ...smallest };
  circle['windows'] = [circle];
  circle['self'] = circle;

  test.for([
    {
      name: 'a megabyte of expression',
      written: { replicas: megabyte },
      said: ['replicas: expected at most 4096 characters, found 1048576'],
    },
    {
      name: 'a megabyte of digits for a length of time',
      written: { idle: '1'.repeat(1_048_576) },
      said: [
        `idle: expected a length of time with its unit, such as 500ms, 15s, 5m, 1h30m or 7d, found "${'1'.repeat(59)}…`,
      ],
    },
    {
      name: 'a megabyte of an attribute’s name',
      written: { [megabyte]: 1 },
      said: [
        `["${'x'.repeat(60)}"…]: unknown attribute; accepted here: target, workload, metrics, replicas, created, started, min, max, interval, idle, smoothing, rebalanceHold, scaleUp, scaleDown, tolerance, windows, override, fallback, dryRun`,
      ],
    },
    {
      name: 'a megabyte of metrics',
      written: {
        metrics: Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`m${at}`, {}])),
      },
      said: ['metrics: expected at most 32 entries, found 50000'],
    },
    {
      name: 'a megabyte of windows',
      written: { windows: Array.from({ length: 50_000 }, () => ({ days: 'mon' })) },
      said: ['windows: expected at most 50 entries, found 50000'],
    },
    {
      name: 'nesting without end',
      written: { tolerance: deep },
      said: ['tolerance: expected a map with up, down, found [[[…]]]'],
    },
  ])('of $name is told so at once', ({ written, said }) => {
    expect(
      problemsOf({ ...smallest, ...written }).map((text) => text.replace(/…"?…?$/, '…')),
    ).toEqual(said);
  });

  test('with a hundred thousand unknown attributes is told of ten and the number of the others', () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, at) => [`key${at}`, at]),
    );
    const said = problemsOf({ ...smallest, ...unknown });
    expect(said).toHaveLength(11);
    expect(said.at(-1)).toBe(': 99990 more unknown attributes');
  });

  test('that contains itself, as YAML’s anchors can make it, is told of its attributes', () => {
    expect(problemsOf(circle).map((text) => text.split(':')[0])).toContain('self');
  });

  test('that is wrong in too many ways is told of fifty and the number of the others', () => {
    const windows = Array.from({ length: 50 }, () => ({ from: 8, to: 18, min: 'x' }));
    const said = problemsOf({ ...smallest, windows });
    expect(said).toHaveLength(51);
    expect(said.at(-1)).toBe(': 100 more problems');
  });
});
