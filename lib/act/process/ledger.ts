import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pid } from 'node:process';

import type { Born } from './birth.ts';

/** The copies of one connection's command under one name. */
export interface Group {
  readonly connection: string;
  readonly name: string;
}

/** How many copies a group shall have. `generation` grows by one with each change; 0 = never set. */
export interface Wanted {
  readonly replicas: number;
  readonly generation: number;
}

/** What the supervisor says of itself. */
export interface Roster {
  readonly supervisor: Born | undefined;
  /** Every copy that was started and may still run, whatever becomes of the supervisor. */
  readonly copies: readonly Born[];
  /** Copies at work, by `groupKey`. */
  readonly running: Readonly<Record<string, number>>;
}

export const groupKey = ({ connection, name }: Group): string => `${connection}/${name}`;

/** Enough for a writer that is slow to find that others were faster. */
const GENERATIONS_KEPT = 16;

/**
 * A folder in which all processes of one local stack agree on how many copies there shall be.
 *
 * `wanted/<connection>/<name>/<generation>` holds the number. A change is the creation of the next
 * generation's file, which the file system lets only one process do: that is the compare-and-set.
 * `roster.json` is written by the supervisor alone, whole, by renaming a new file over it. Calls
 * are synchronous: a copy must be on record before anything else can happen to this process.
 */
export interface Ledger {
  groups(): readonly Group[];
  wanted(group: Group): Wanted;
  /** Sets the number if the generation still is `expected`; answers whether it did. */
  want(group: Group, replicas: number, expected: number): boolean;
  roster(): Roster;
  writeRoster(roster: Roster): void;
}

export function createLedger(folder: string): Ledger {
  const wantedFolder = join(folder, 'wanted');
  const folderOf = ({ connection, name }: Group) =>
    join(wantedFolder, fileName(connection), fileName(name));

  const wanted = (group: Group): Wanted => {
    const [newest = 0] = generations(folderOf(group));
    if (newest === 0) return { replicas: 0, generation: 0 };
    const replicas = Number(readFileSync(join(folderOf(group), String(newest)), 'utf8'));
    return { replicas: Number.isSafeInteger(replicas) ? replicas : 0, generation: newest };
  };

  return {
    groups: () =>
      list(wantedFolder).flatMap((connection) =>
        list(join(wantedFolder, connection)).map((name) => ({
          connection: decodeURIComponent(connection),
          name: decodeURIComponent(name),
        })),
      ),
    wanted,
    want: (group, replicas, expected) => {
      const place = folderOf(group);
      mkdirSync(place, { recursive: true });
      const [newest = 0] = generations(place);
      if (newest !== expected || !create(join(place, String(expected + 1)), String(replicas))) {
        return false;
      }
      const [now = 0, ...older] = generations(place);
      for (const old of older.slice(GENERATIONS_KEPT)) {
        rmSync(join(place, String(old)), { force: true });
      }
      // Far behind: the file of our generation had been there, and had been cleared away as old.
      return now - expected - 1 <= GENERATIONS_KEPT;
    },
    roster: () => readRoster(join(folder, 'roster.json')),
    writeRoster: (roster) => {
      mkdirSync(folder, { recursive: true });
      writeWhole(join(folder, 'roster.json'), JSON.stringify(roster));
    },
  };
}

/** A name that is one folder name, whatever is in it. */
const fileName = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');

/** Generations in a folder, newest first. */
const generations = (folder: string): number[] =>
  list(folder)
    // Not the drafts, whose names end in a pid.
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => b - a);

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Creates a file that has its content from the first moment on, unless there is one; answers
 * whether it did. (Exclusive creation followed by a write would show readers an empty file.)
 */
function create(path: string, content: string): boolean {
  const draft = `${path}.${pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Whoever reads sees the old content or the new one, never a part. */
function writeWhole(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

const NOBODY: Roster = { supervisor: undefined, copies: [], running: {} };

function readRoster(path: string): Roster {
  try {
    return { ...NOBODY, ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<Roster>) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOBODY;
    throw error;
  }
}
