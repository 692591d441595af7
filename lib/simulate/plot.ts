import { formatIso } from '../model/iso.ts';
import { type EpochMillis, epochMillis } from '../model/units.ts';
import { QUEUE, type Simulated } from './simulate.ts';

const WIDTH = 960;
const PANEL = 200;
const LEFT = 70;
const RIGHT = 20;
const TOP = 46;
const GAP = 34;
const INNER = WIDTH - LEFT - RIGHT;
/** A pixel shows no more than one moment; of a pixel's ticks the lowest and the highest are drawn. */
const MOST_POINTS = INNER;

/** About as wide as a character of the legend. */
const CHARACTER = 6.6;

interface Line {
  readonly label: string;
  readonly style: string;
  /** Undefined = nothing is known, and nothing drawn. */
  readonly values: readonly (number | undefined)[];
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/**
 * A picture of one simulation: the queue, or the metric where nothing queues; below it the count
 * the expression asked for, the count wanted after every step, and the count that runs. Of two on
 * the same trace: the queues and the wanted counts of both. An SVG of its own: no script, no font
 * or style from elsewhere, readable on a light and on a dark page.
 */
export function plot(title: string, runs: readonly Simulated[]): string {
  const at = runs[0]?.course.at ?? [];
  const [first = epochMillis(0)] = at;
  const last = at.at(-1) ?? first;
  const panels = panelsOf(runs);
  const height = TOP + panels.length * (PANEL + GAP) + 24;
  const drawn = panels.map((panel, index) =>
    drawPanel(panel, TOP + index * (PANEL + GAP), { at, first, last }),
  );
  const bottom = TOP + panels.length * (PANEL + GAP) - GAP;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>
svg{background:#fff;color:#1f2933;font:12px system-ui,sans-serif}
text{fill:currentColor}.grid{stroke:currentColor;stroke-opacity:.18}
.line{fill:none;stroke-width:1.5;stroke-linejoin:round}.dash{stroke-dasharray:5 3}.thin{stroke-opacity:.55;stroke-width:1}
.a{stroke:#1d4ed8}.b{stroke:#c2410c}.r{stroke:#15803d}
@media (prefers-color-scheme:dark){svg{background:#15191e;color:#e4e7eb}.a{stroke:#7aa2ff}.b{stroke:#fb923c}.r{stroke:#4ade80}}
</style>
<text x="${LEFT}" y="20" font-size="14" font-weight="600">${escaped(title)}</text>
${drawn.join('\n')}
${timeAxis(first, last, bottom)}
</svg>
`;
}

function panelsOf(runs: readonly Simulated[]): readonly Panel[] {
  const isOne = runs.length === 1;
  return [
    {
      title: runs[0]?.subject ?? '',
      lines: runs.map((run, at) => ({
        label: isOne ? run.subject : run.rule,
        style: at === 0 ? 'a' : 'b',
        values: run.subject === QUEUE ? run.course.queue : run.course.measured,
      })),
    },
    {
      title: isOne ? 'replicas' : 'replicas wanted',
      lines: runs.flatMap((run, at) => (isOne ? allCounts(run) : [wanted(run, at)])),
    },
  ];
}

const wanted = ({ rule, course }: Simulated, at: number): Line => ({
  label: rule,
  style: at === 0 ? 'a' : 'b',
  values: course.wanted,
});

function allCounts({ course }: Simulated): readonly Line[] {
  const most = Math.max(1, ...maxima(course.wanted), ...maxima(course.running));
  return [
    // What an expression asks for may be far beyond all bounds; there it leaves the picture.
    {
      label: 'asked',
      style: 'a dash thin',
      values: course.asked.map((count) => Math.min(count, most * 1.5)),
    },
    { label: 'wanted', style: 'a', values: course.wanted },
    { label: 'running', style: 'r dash', values: course.running },
  ];
}

interface Times {
  readonly at: readonly EpochMillis[];
  readonly first: EpochMillis;
  readonly last: EpochMillis;
}

function drawPanel({ title, lines }: Panel, top: number, times: Times): string {
  const highest = Math.max(1, ...lines.flatMap(({ values }) => maxima(values)));
  const step = niceStep(highest / 4);
  const most = Math.ceil(highest / step) * step;
  const y = (value: number): number => top + PANEL - (value / most) * PANEL;
  const grid: string[] = [];
  for (let value = 0; value <= most; value += step) {
    const level = round(y(value));
    grid.push(
      `<path class="grid" d="M${LEFT} ${level}H${LEFT + INNER}"/><text x="${LEFT - 8}" y="${level + 4}" text-anchor="end">${shown(value)}</text>`,
    );
  }
  const paths = lines.map(
    ({ style, values }) => `<path class="line ${style}" d="${pathOf(values, times, y)}"/>`,
  );
  let right = LEFT + INNER;
  const spots = lines.toReversed().map(({ label, style }) => {
    right -= 44 + label.length * CHARACTER;
    const x = round(right);
    return `<path class="line ${style}" d="M${x} ${top - 10}h18"/><text x="${x + 24}" y="${top - 6}">${escaped(label)}</text>`;
  });
  return `<g><text x="${LEFT}" y="${top - 6}">${escaped(title)}</text>${grid.join('')}${paths.join('')}${spots.join('')}</g>`;
}

/** A line of steps; where many ticks fall on one pixel, their lowest and highest. */
function pathOf(values: Line['values'], times: Times, y: (value: number) => number): string {
  const { at, first, last } = times;
  const x = (time: number): number => LEFT + ((time - first) / Math.max(1, last - first)) * INNER;
  const stride = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  const parts: string[] = [];
  let isDrawing = false;
  for (let index = 0; index < values.length; index += stride) {
    const here = values.slice(index, index + stride).filter((value) => value !== undefined);
    const place = round(x(at[index] ?? first));
    const [begin] = here;
    if (isDrawing) parts.push(`H${place}`);
    else if (begin !== undefined) parts.push(`M${place} ${round(y(begin))}`);
    isDrawing = begin !== undefined;
    const [low, high] = [Math.min(...here), Math.max(...here)];
    if (low < high) parts.push(`V${round(y(low))}V${round(y(high))}`);
    if (isDrawing) parts.push(`V${round(y(here.at(-1) ?? 0))}`);
  }
  return parts.join('');
}

function timeAxis(first: EpochMillis, last: EpochMillis, bottom: number): string {
  const marks = 6;
  const long = last - first > 48 * 3_600_000;
  return Array.from({ length: marks + 1 }, (_, mark) => {
    const at = epochMillis(first + ((last - first) * mark) / marks);
    const text = long ? formatIso(at).slice(5, 16).replace('T', ' ') : formatIso(at).slice(11, 19);
    const place = round(LEFT + (INNER * mark) / marks);
    const anchor = mark === 0 ? 'start' : mark === marks ? 'end' : 'middle';
    return `<text x="${place}" y="${bottom + 18}" text-anchor="${anchor}">${text}</text>`;
  })
    .concat(`<text x="${LEFT}" y="${bottom + 36}">time (UTC), from ${formatIso(first)}</text>`)
    .join('');
}

/** The maximum as a list of one, without spreading a long list over a call's arguments. */
const maxima = (values: Line['values']): readonly number[] => [
  values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0),
];

/** 1, 2 or 5 times a power of ten, at least 1. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10;
  return Math.max(1, factor * power);
}

const round = (value: number): number => Math.round(value * 10) / 10;
const shown = (value: number): string =>
  value >= 10_000 ? `${Math.round(value / 100) / 10}k` : String(value);
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
