import type { Io } from './io.ts';
import { fit } from './text.ts';

/** A block of lines at the bottom of a terminal that is drawn again in place. */
export interface Screen {
  /** Shows these lines where the last ones were; lines are cut to the width of the terminal. */
  draw(lines: readonly string[]): void;
  /** Writes a line above the block, where it stays. */
  say(line: string): void;
}

const UP = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);
const CLEAR_BELOW = '\r\u001b[0J';

/** Where stdout is no terminal, lines simply follow each other. */
export function createScreen(io: Io): Screen {
  let shown: readonly string[] = [];
  const paint = (lines: readonly string[], above: string) => {
    const size = io.size();
    // A block taller than the terminal would scroll, and could not be found again.
    const fitting =
      size === undefined
        ? lines
        : lines.slice(0, Math.max(1, size.rows - 1)).map((line) => fit(line, size.columns));
    const erase = size === undefined ? '' : `${UP(shown.length)}${CLEAR_BELOW}`;
    io.out(`${erase}${above}${fitting.map((line) => `${line}\n`).join('')}`);
    shown = size === undefined ? [] : fitting;
  };
  return {
    draw: (lines) => {
      paint(lines, '');
    },
    say: (line) => {
      paint(shown, `${line}\n`);
    },
  };
}
