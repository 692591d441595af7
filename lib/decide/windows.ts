import { type EpochMillis, type Millis, epochMillis, millis } from '../model/units.ts';
import type { Weekday, Window } from '../rule/rule.ts';

/** What the windows that are open now ask for; undefined = nothing. */
export interface WindowBounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly note: string;
}

const DAY: Millis = millis(86_400_000);
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** When a cron expression last fired at or before a moment; given in, for the core has no vendor. */
export type LastFiring = (
  cron: string,
  zone: string,
  atOrBefore: EpochMillis,
) => EpochMillis | undefined;

/**
 * The bounds of all windows open at `now`: the highest `min` and the lowest `max` of them.
 *
 * A window belongs to the day on which it starts, so that 22:00–06:00 on Fridays runs into
 * Saturday. Times are wall-clock times of its zone: on the night clocks go forward a start that
 * does not exist begins at the moment of the change, and on the night they go back a start that
 * comes twice begins the first time and an end that comes twice ends the second time, so a window
 * is never lost and never shorter than it reads.
 */
export function openWindows(
  windows: readonly Window[],
  now: EpochMillis,
  lastFiring: LastFiring,
): WindowBounds {
  let min: number | undefined;
  let max: number | undefined;
  const notes: string[] = [];
  for (const window of windows) {
    const open = opening(window, now, lastFiring);
    if (open === undefined) continue;
    const floor = window.min === undefined ? undefined : ramped(window.min, open, window.ramp, now);
    if (floor !== undefined) min = Math.max(min ?? 0, floor);
    if (window.max !== undefined) max = Math.min(max ?? Number.POSITIVE_INFINITY, window.max);
    notes.push(describe(window));
  }
  return { min, max, note: notes.join('; ') };
}

interface Opening {
  readonly start: EpochMillis;
  readonly end: EpochMillis;
}

function opening(window: Window, now: EpochMillis, lastFiring: LastFiring): Opening | undefined {
  if (window.cron !== undefined) {
    const start = lastFiring(window.cron, window.zone, now);
    if (start === undefined || isExcepted(window, localDay(start, window.zone))) return undefined;
    const end = epochMillis(start + (window.duration ?? 0));
    return now < end ? { start, end } : undefined;
  }
  // The window may have started today or, past midnight, yesterday.
  for (const back of [0, 1]) {
    const day = localDay(epochMillis(now - back * DAY), window.zone);
    if (!window.days.includes(weekday(day)) || isExcepted(window, day)) continue;
    const start = instant(day, window.from, window.zone, 'first');
    const lasts = window.to > window.from ? 0 : 1;
    const end = instant({ ...day, day: day.day + lasts }, window.to, window.zone, 'last');
    if (start <= now && now < end) return { start, end };
  }
  return undefined;
}

/** `min` grows from 0 over the ramp after the start, and falls again over the ramp before the end. */
function ramped(min: number, { start, end }: Opening, ramp: Millis, now: EpochMillis): number {
  if (ramp === 0) return min;
  const share = Math.min(1, (now - start) / ramp, (end - now) / ramp);
  return Math.ceil(min * share);
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const isExcepted = (window: Window, day: Day): boolean => window.except.includes(isoDay(day));

function isoDay({ year, month, day }: Day): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Milliseconds ahead of UTC at the beginning of each hour asked for, by hours since 1970. */
  readonly offsets: Map<number, number>;
}

const HOUR: Millis = millis(3_600_000);
const zones = new Map<string, Zone>();

/** Formats are dear to make (about 50 µs) and zones are few. */
const MOST_ZONES = 100;
/** A month of hours, in each zone. */
const MOST_OFFSETS = 744;

function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  if (zones.size >= MOST_ZONES) zones.clear();
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const zone: Zone = { format, offsets: new Map() };
  zones.set(name, zone);
  return zone;
}

/** The wall clock of a zone at a moment, as the UTC milliseconds that would read the same. */
function wallClock(at: number, name: string): number {
  const zone = zoneOf(name);
  // Formatting takes about 4 µs, which is most of a decision, so it is done at whole hours and
  // kept. No zone changes its clocks twice within an hour: if both ends agree, so does the middle.
  const hour = Math.floor(at / HOUR);
  const offset = offsetAtHour(zone, hour);
  return at + (offset === offsetAtHour(zone, hour + 1) ? offset : offsetAt(zone, at));
}

function offsetAtHour(zone: Zone, hour: number): number {
  const known = zone.offsets.get(hour);
  if (known !== undefined) return known;
  if (zone.offsets.size >= MOST_OFFSETS) zone.offsets.clear();
  const offset = offsetAt(zone, hour * HOUR);
  zone.offsets.set(hour, offset);
  return offset;
}

function offsetAt({ format }: Zone, at: number): number {
  const whole = Math.floor(at / 1000) * 1000;
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(whole)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

function localDay(at: EpochMillis, zone: string): Day {
  const wall = new Date(wallClock(at, zone));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

function weekday({ year, month, day }: Day): Weekday {
  return WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? 'sun';
}

/** The moment at which a zone's clock shows `minutes` after midnight of `day`; see openWindows. */
function instant(day: Day, minutes: number, zone: string, which: 'first' | 'last'): EpochMillis {
  const wall = Date.UTC(day.year, day.month - 1, day.day) + minutes * 60_000;
  // The offsets in force well before and well after cover both sides of any change of the clocks.
  const offsets = [wall - DAY, wall + DAY].map((at) => wallClock(at, zone) - at);
  const candidates = offsets.map((offset) => wall - offset).toSorted((a, b) => a - b);
  const real = candidates.filter((at) => wallClock(at, zone) === wall);
  const chosen = which === 'first' ? real[0] : real.at(-1);
  return epochMillis(
    chosen ?? changeBetween(candidates[0] ?? wall, candidates.at(-1) ?? wall, zone),
  );
}

/** A time that clocks skip: the moment of the change, found by halving between the two readings. */
function changeBetween(before: number, after: number, zone: string): number {
  let low = before;
  let high = after;
  const offset = wallClock(low, zone) - low;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallClock(middle, zone) - middle === offset) low = middle;
    else high = middle;
  }
  return high;
}

function describe(window: Window): string {
  const clock = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const when =
    window.cron === undefined
      ? `${window.days.join(',')} ${clock(window.from)}-${clock(window.to)}`
      : `cron ${window.cron}`;
  const bounds = [
    window.min === undefined ? '' : ` min ${window.min}`,
    window.max === undefined ? '' : ` max ${window.max}`,
  ];
  return `window ${when} ${window.zone}${bounds.join('')}`;
}
