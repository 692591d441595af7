import { pid as ownPid } from 'node:process';

import type { Clock } from '../../model/clock.ts';
import { millis } from '../../model/units.ts';
import type { ProcessConnection } from '../../rule/connection-kinds.ts';
import { PlatformError } from '../errors.ts';
import { birthOf, type Born, isRunning } from './birth.ts';
import { type CopyOptions, endAll } from './copy.ts';
import { createCrew, type Crew } from './crew.ts';
import { createLedger, groupKey, type Ledger } from './ledger.ts';

/** How soon a change in the ledger is followed: below what people notice, a few readdir a second. */
const LOOK_EVERY = millis(200);

export interface SupervisorOptions extends CopyOptions {
  /** What may be run, by the name of the connection. */
  readonly commands: Readonly<Record<string, ProcessConnection>>;
  readonly clock: Clock;
  /** Told in one line when a copy ends by itself or cannot be started. */
  readonly note: (line: string) => void;
}

/** Runs as many copies as the ledger wants until it is stopped. */
export interface Supervisor {
  /** Ends every copy, by force after its connection's stopAfter, and resolves when none is left. */
  stop(): Promise<void>;
}

/**
 * Starts the one supervisor of a folder, whose ledger says how many copies there shall be. Copies
 * that an earlier one left behind when it was killed are ended first: only those it had on record,
 * with the same pid and start. Rejects with a PlatformError when another supervisor runs.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const ledger = createLedger(options.folder);
  const before = ledger.roster();
  if (before.supervisor !== undefined && isRunning(before.supervisor)) {
    throw new PlatformError(
      'REFUSED',
      `process ${before.supervisor.pid} already runs the copies of ${options.folder}`,
      'End it before starting another, or use another folder.',
    );
  }
  const waits = Object.values(options.commands).map(({ stopAfter }) => stopAfter);
  await endAll(before.copies, millis(Math.max(0, ...waits)), options.clock);
  return supervise(options, ledger);
}

function supervise(options: SupervisorOptions, ledger: Ledger): Supervisor {
  const { clock, commands } = options;
  const crews = new Map<string, Crew>();
  const stopping = new AbortController();
  const self: Born = { pid: ownPid, birth: birthOf(ownPid) ?? '' };

  const record = (supervisor: Born | undefined) => {
    const all = [...crews.values()];
    ledger.writeRoster({
      supervisor,
      copies: all.flatMap((crew) => [...crew.working(), ...crew.leaving()]).map(({ born }) => born),
      running: Object.fromEntries(all.map((crew) => [crew.key, crew.working().length])),
    });
  };
  const changed = () => {
    record(self);
  };
  const followAll = () => {
    for (const group of ledger.groups()) {
      const connection = commands[group.connection];
      // A group of a connection that connections.yml no longer has: nothing to run.
      if (connection === undefined) continue;
      const crew =
        crews.get(groupKey(group)) ?? createCrew(group, connection, { ...options, changed });
      crews.set(crew.key, crew);
      crew.follow(ledger.wanted(group).replicas);
    }
  };

  record(self);
  const following = (async () => {
    while (!stopping.signal.aborted) {
      followAll();
      await clock.sleep(LOOK_EVERY, stopping.signal).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await following;
      await Promise.all([...crews.values()].map((crew) => crew.dismiss()));
      record(undefined);
    },
  };
}
