import { startSupervisor, type Supervisor } from '../../../../lib/act/process/supervisor.ts';
import { millis } from '../../../../lib/model/units.ts';
import { realClock } from './real-clock.ts';

export interface Supervised {
  readonly folder: string;
  /** What each copy of the connection `workers` runs. */
  readonly command: readonly string[];
  readonly stopAfterMs: number;
  readonly note?: (line: string) => void;
}

/** A supervisor in real time; some tests run it in a process of its own, to kill that. */
export function supervise({ folder, command, stopAfterMs, note }: Supervised): Promise<Supervisor> {
  return startSupervisor({
    folder,
    workingFolder: folder,
    environment: process.env,
    commands: { workers: { command, stopAfter: millis(stopAfterMs) } },
    clock: realClock,
    note: note ?? (() => {}),
  });
}
