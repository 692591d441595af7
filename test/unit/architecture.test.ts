import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

/** What lint cannot see of the import table: which folder may import which, file by file. */
const ROOT = path.resolve(import.meta.dirname, '../..');

const sources = ['lib', 'functions'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file)),
);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const STATEMENT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'|import\('([^']+)'\)/g;

const imports: readonly Import[] = sources.flatMap((file) =>
  [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(STATEMENT)].map((match) => {
    const wanted = match[2] ?? match[3] ?? '';
    const to = wanted.startsWith('.') ? path.join(path.dirname(file), wanted) : wanted;
    return { from: file, to, typeOnly: match[1] !== undefined };
  }),
);

/** A file's place in the table: `lib/observe/kafka` for adapters, `lib/observe` for a port. */
function place(file: string): string {
  const parts = file.split('/');
  if (parts[0] !== 'lib') return parts[0] ?? file;
  if (parts.length === 2) return 'lib';
  const nested = parts.length > 3 && ['observe', 'act', 'store'].includes(parts[1] ?? '');
  return parts.slice(0, nested ? 3 : 2).join('/');
}

const MAY_IMPORT: readonly (readonly [of: RegExp, may: RegExp])[] = [
  [/^lib\/model$/, /^lib\/model$/],
  [/^lib\/(?:rule|expression)$/, /^lib\/model$/],
  [/^lib\/decide$/, /^lib\/(?:model|rule|expression)$/],
  [/^lib\/(?:simulate|replay|lint)$/, /^lib\/(?:model|rule|expression|decide|record)$/],
  [/^lib\/(?:observe|act|store|record)$/, /^lib\/(?:model|rule|expression|decide)$/],
  [/^lib\/aws$/, /^lib\/model$/],
  [/^lib\/(?:observe|act|store)\/\w+$/, /^lib\/(?:model|rule|aws|observe|act|store)$/],
  [/^lib\/(?:tick|farm|wake)$/, /^lib\/(?:model|rule|expression|decide|observe|act|store|record)$/],
  [/^functions$/, /^lib(?:\/(?:model|rule|decide|tick|farm|wake|record))?$/],
];

const own = imports.filter(({ to }) => to.startsWith('lib/') || to.startsWith('functions/'));

describe('dependencies point downwards', () => {
  test('the table is about files that exist', () => {
    expect(own.length).toBeGreaterThan(100);
  });

  test.for(MAY_IMPORT.map(([of, may]) => ({ of, may })))('$of imports only $may', ({ of, may }) => {
    const wrong = own.filter(({ from, to }) => {
      // A registry is the one file of its folder that knows the adapters below it.
      if (!of.test(place(from)) || from.endsWith('/registry.ts')) return false;
      return place(to) !== place(from) && !may.test(place(to));
    });
    expect(wrong).toEqual([]);
  });

  test('only the composition root imports registries and adapters', () => {
    const adapters = /^lib\/(?:observe|act|store)\/\w+$/;
    const wrong = own.filter(
      ({ from, to }) =>
        adapters.test(place(to)) &&
        place(from) !== place(to) &&
        !from.endsWith('/registry.ts') &&
        from !== 'lib/app.ts' &&
        !from.startsWith('lib/cli/'),
    );
    expect(wrong).toEqual([]);
  });

  test('flows see no vendor and no part of Node', () => {
    const flows = imports.filter(({ from }) => /^lib\/(?:tick|farm|wake)\//.test(from));
    expect(flows.filter(({ to }) => !to.startsWith('lib/'))).toEqual([]);
  });

  test('the core sees no vendor and no part of Node', () => {
    const core = imports.filter(({ from }) =>
      /^lib\/(?:model|rule|expression|decide)\//.test(from),
    );
    expect(core.filter(({ to }) => !to.startsWith('lib/'))).toEqual([]);
  });
});
