import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { kill } from 'node:process';

/**
 * A process that is surely the one meant: a pid alone may by now be somebody else's. `birth` is
 * when it started, in the words of this system, and differs after a reboot.
 */
export interface Born {
  readonly pid: number;
  readonly birth: string;
}

/** `ps` answers in a few milliseconds; one that hangs must not hold up the local stack. */
const PS_TIMEOUT_MS = 2000;

/** When the process with this pid started; undefined where none runs (a zombie does not). */
export function birthOf(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? birthInProc(pid) : birthByPs(pid);
}

/** Whether this very process still runs. */
export const isRunning = ({ pid, birth }: Born): boolean => birthOf(pid) === birth;

function birthInProc(pid: number): string | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  const started = stat === undefined ? undefined : startTime(stat);
  if (started === undefined) return undefined;
  return `${readOrNothing('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${started}`;
}

/**
 * Field 22 of /proc/<pid>/stat, clock ticks after boot (proc(5)); undefined for a zombie. Field 2,
 * the program's name in parentheses, may itself hold blanks and parentheses.
 */
export function startTime(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === 'Z' || state === 'X' ? undefined : fields[19];
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Where there is no /proc (macOS); LC_ALL keeps the date's form the same in every terminal. */
function birthByPs(pid: number): string | undefined {
  try {
    const shown = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
      timeout: PS_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return shown.trim() === '' ? undefined : shown.trim();
  } catch {
    return undefined;
  }
}

/** Signals the group that a copy leads, so that what it started ends with it. Gone is a success. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM is what macOS answers for a group of which only zombies are left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
