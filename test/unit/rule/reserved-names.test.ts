import { expect, test } from 'vitest';

import { BUILTINS } from '../../../lib/expression/builtins/catalogue.ts';
import { reservedNames } from '../../../lib/rule/attributes/expression.ts';

test('no function of the expression language can be hidden by a metric', () => {
  const names = Object.keys(BUILTINS);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !reservedNames.has(name))).toEqual([]);
});
