import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { contentHash } from '../../rule/content-hash.ts';
import { StoreError } from '../errors.ts';
import type { RuleItem, RuleStatus, RuleStore } from '../rule-store.ts';
import { readDocuments, type WrittenRule } from './documents.ts';

const RULE_FILE = /^[^.].*\.(?:ya?ml|json)$/;

/** An editor saves by renaming, so a file may be gone when it is its turn; then all is read again. */
const MAX_ROUNDS = 3;

/**
 * The rules of a folder: each `*.yaml`, `*.yml` and `*.json` file in it, one or several documents
 * each; folders within it and names that begin with a dot are not looked at.
 *
 * The files are a person's: nothing is ever written to them. Verdicts are kept in memory as long as
 * the rule stays as it was. A document that cannot be read is an item that is `broken` at its file
 * and line, under the rule's own id wherever that can be made out, so that a slip of the keyboard
 * is an invalid rule and not a deleted one.
 */
export function createFolderRuleStore(folder: string): RuleStore {
  const verdicts = new Map<string, { readonly on: string; readonly status: RuleStatus }>();

  const list = async (signal: AbortSignal): Promise<readonly RuleItem[]> => {
    const items = merge(await readFolder(folder, signal));
    return items.map((item) => {
      const verdict = verdicts.get(item.id);
      const status = verdict?.on === versionOf(item) ? verdict.status : undefined;
      return Object.assign(item, { status });
    });
  };
  const get = async (id: string, signal: AbortSignal): Promise<RuleItem | undefined> => {
    const items = await list(signal);
    return items.find((item) => item.id === id);
  };

  return {
    list,
    get,
    put: async ({ id }) => refuse(folder, id),
    remove: async (id) => refuse(folder, id),
    async report(item, status, signal) {
      const present = await get(item.id, signal);
      const on = versionOf(item);
      if (present && versionOf(present) === on) verdicts.set(item.id, { on, status });
    },
  };
}

type Written = Omit<RuleItem, 'status'>;

const versionOf = ({ attributes, broken }: Written): string => contentHash([attributes, broken]);

function refuse(folder: string, id: string): never {
  throw new StoreError(
    'STORE_REFUSED',
    `rule ${id} is kept in the folder ${folder}, which is only read`,
    'Edit its file instead; the next tick follows it.',
  );
}

async function readFolder(folder: string, signal: AbortSignal): Promise<readonly WrittenRule[]> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const written = await readOnce(folder, signal);
    if (written) return written;
  }
  throw new StoreError(
    'STORE_UNREACHABLE',
    `the folder ${folder} changed each of the ${MAX_ROUNDS} times it was read`,
    'The next tick tries again; look for a file there that is a link to nothing.',
  );
}

/** `undefined` where a file that was listed is gone. */
async function readOnce(
  folder: string,
  signal: AbortSignal,
): Promise<readonly WrittenRule[] | undefined> {
  const written: WrittenRule[] = [];
  for (const name of await namesIn(folder)) {
    try {
      const text = await readFile(path.join(folder, name), { encoding: 'utf8', signal });
      written.push(...readDocuments(name, text));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw toStoreError(error, path.join(folder, name)) ?? error;
    }
  }
  return written;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && RULE_FILE.test(entry.name))
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    throw toStoreError(error, folder) ?? error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function toStoreError(error: unknown, place: string): StoreError | undefined {
  const cause = { cause: error };
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new StoreError(
        'TABLE_MISSING',
        `there is no folder ${place}`,
        'Give --rules a folder that exists.',
        cause,
      );
    case 'EACCES':
    case 'EPERM':
      return new StoreError(
        'STORE_DENIED',
        `${place} may not be read`,
        'Give this user the right to read it: a rule that cannot be read would look deleted.',
        cause,
      );
    case 'ABORT_ERR':
      return new StoreError(
        'STORE_UNREACHABLE',
        `reading ${place} was given up, for the time was over`,
        'The next tick tries again.',
        cause,
      );
    default:
      return undefined;
  }
}

/**
 * One item per id, by id. An id that is written twice is broken, for neither place is more right
 * than the other: which one ran would hang on the names of files.
 */
function merge(written: readonly WrittenRule[]): readonly Written[] {
  const byId = Map.groupBy(written, ({ id }) => id);
  const items = [...byId].map(([id, same]): Written => {
    const [first] = same;
    const broken = same.flatMap(({ problems }) => problems);
    if (same.length > 1) {
      const places = same.map(({ place }) => place).join(' and ');
      broken.unshift({ path: 'id', message: `${id} is written at ${places}; keep one of them` });
    }
    return broken.length > 0 || !first
      ? { id, attributes: {}, broken }
      : { id, attributes: first.attributes };
  });
  return items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
