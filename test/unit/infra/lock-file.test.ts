import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = path.resolve(import.meta.dirname, '../../../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

test('the lock file names no address', () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

/*
 * npm leaves out what a registry does not have for other platforms, and `npm ci` then refuses the
 * file everywhere. docs/decisions/0007 says how the entries are put back.
 */
test('the lock file has every optional package of every platform, so that npm ci takes it', () => {
  const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !Object.hasOwn(packages, `node_modules/${name}`) &&
        !Object.hasOwn(packages, `${at}/node_modules/${name}`),
    ),
  );
  expect(missing).toEqual([]);
});
