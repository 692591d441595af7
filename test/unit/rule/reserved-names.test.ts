import { expect, test } from 'vitest';

import { BUILTIN_NAMES } from '../../../lib/expression/builtins/catalogue.ts';
import { reservedNames } from '../../../lib/rule/attributes/expression.ts';

test('no function of the expression language can be hidden by a metric', () => {
  const names = [...BUILTIN_NAMES];
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !reservedNames.has(name))).toEqual([]);
});
