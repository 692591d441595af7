import type { DecisionReport, TickReport } from '../tick/report.ts';
import { shownChange, shownInvalid, shownMetrics, why } from './decisions.ts';
import type { Io } from './io.ts';
import { createScreen } from './screen.ts';
import { bold, dim, sparkline, table } from './text.ts';

/** As many ticks as the little curve of a target shows. */
const COURSE = 24;
/** As many lines of news as stay on the screen. */
const NEWS = 4;

/** What is told of one tick. */
export interface Beat {
  readonly report: TickReport;
  /** Every rule there is, due or not: the others' lines go. */
  readonly rules: ReadonlySet<string>;
  /** How often ticks come, in milliseconds. */
  readonly periodMs: number;
}

/** What a person sees of the local stack. */
export interface Display {
  beat(beat: Beat): void;
  /** Trouble and other news, one line each. */
  news(line: string): void;
}

const keyOf = ({ rule, target }: DecisionReport): string => `${rule} ${target}`;
const timeOf = (at: string): string => at.slice(11, 19);

/** A compact table that is drawn again in place with each tick. `footer` is what stands below it. */
export function createLiveTable(io: Io, footer: readonly string[]): Display {
  const screen = createScreen(io);
  const rows = new Map<string, DecisionReport>();
  const courses = new Map<string, readonly number[]>();
  const news: string[] = [];
  let last: Beat | undefined;

  const take = ({ report, rules }: Beat) => {
    for (const decision of report.decisions) {
      rows.set(keyOf(decision), decision);
      const [capacity] = Object.values(decision.capacity);
      const course = courses.get(keyOf(decision)) ?? [];
      courses.set(keyOf(decision), [...course, capacity?.to ?? 0].slice(-COURSE));
    }
    for (const [key, { rule }] of rows) if (!rules.has(rule)) rows.delete(key);
  };
  const draw = () => {
    if (last === undefined) return;
    const { report, periodMs } = last;
    const body = [...rows].map(([key, decision]) => [
      decision.rule,
      shownMetrics(decision),
      highlighted(decision),
      sparkline(courses.get(key) ?? []).padStart(COURSE),
      why(decision),
    ]);
    const header = ['RULE', 'METRICS', 'NOW → WANTED', 'LATELY'.padStart(COURSE), 'WHY'];
    screen.draw([
      `${bold('rubato')} at ${timeOf(report.tick.at)} UTC, a tick every ${periodMs / 1000} s`,
      '',
      ...table([header.map(bold), ...body.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))]),
      ...shownInvalid(report.invalid),
      '',
      ...news.map(dim),
      ...footer,
    ]);
  };
  return {
    beat: (beat) => {
      last = beat;
      take(beat);
      draw();
    },
    news: (line) => {
      news.push(line);
      news.splice(0, news.length - NEWS);
      draw();
    },
  };
}

const highlighted = (decision: DecisionReport): string => {
  const changes = Object.values(decision.capacity).some(({ from, to }) => from !== to);
  const mark = decision.outcome === 'done' ? '' : ` ${decision.outcome}`;
  return (changes ? bold(shownChange(decision)) : shownChange(decision)) + mark;
};

/** Where nobody watches: a line for each change and each new trouble, nothing while all is quiet. */
export function createLineLog(io: Io, footer: readonly string[]): Display {
  const troubles = createNovelty();
  const verdicts = createNovelty();
  for (const line of footer) io.out(`${line}\n`);
  const line = (at: string, text: string) => {
    io.out(`${timeOf(at)} ${text}\n`);
  };
  return {
    beat: ({ report: { tick, decisions, invalid } }) => {
      for (const decision of decisions) {
        const said = `${decision.rule}: ${shownChange(decision)}, ${decision.outcome}; ${shownMetrics(decision)}; ${why(decision)}`;
        const changes = Object.values(decision.capacity).some(({ from, to }) => from !== to);
        const trouble = decision.outcome === 'failed' || decision.outcome === 'held';
        // A hold says anew with each tick how long it still lasts; that is one piece of news.
        const kind = decision.error?.message ?? decision.binding;
        const news = troubles.isNew(keyOf(decision), trouble ? kind : undefined);
        if ((changes && !trouble) || news) line(tick.at, said);
      }
      for (const { rule, errors } of invalid) {
        if (!verdicts.isNew(rule, JSON.stringify(errors))) continue;
        for (const { path, message } of errors) {
          line(tick.at, `${rule} is not valid: ${path}: ${message}`);
        }
      }
      verdicts.keepOnly(new Set(invalid.map(({ rule }) => rule)));
    },
    news: (text) => {
      io.out(`${text}\n`);
    },
  };
}

/** What was said last about each of many things. */
function createNovelty() {
  const said = new Map<string, string>();
  return {
    /** Whether `text` is not what was said last; nothing to say is forgotten. */
    isNew: (key: string, text: string | undefined): boolean => {
      const before = said.get(key);
      if (text === undefined) said.delete(key);
      else said.set(key, text);
      return text !== undefined && text !== before;
    },
    keepOnly: (keys: ReadonlySet<string>): void => {
      for (const key of said.keys()) if (!keys.has(key)) said.delete(key);
    },
  };
}
