import { calendarName } from '../../../lib/expression/builtins/calendar.ts';
import { formatLayout } from '../../../lib/expression/builtins/layout-format.ts';
import { civilOf } from '../../../lib/expression/builtins/moments.ts';
import { UTC } from '../../../lib/expression/builtins/zones.ts';
import {
  Duration,
  imported,
  isArray,
  isMap,
  Moment,
  type Value,
  Zone,
} from '../../../lib/expression/values.ts';
import { CalendarName } from '../../../lib/expression/values.ts';

const view = new DataView(new ArrayBuffer(8));

/** A value as the oracle writes it: floats by their bits, everything by its type. */
export function canonical(value: Value): string {
  if (value === null) return 'nil';
  if (typeof value === 'bigint') return `int ${value}`;
  if (typeof value === 'boolean') return `bool ${value}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return `float ${bitsOf(value)}`;
  if (value instanceof Duration) return `duration ${value.nanos}`;
  if (value instanceof Moment) {
    const moment = new Moment(value.nanos, UTC);
    return `time ${formatLayout(moment, '2006-01-02T15:04:05.999999999Z07:00', civilOf(moment))}`;
  }
  if (value instanceof CalendarName)
    return `time.${value.kind} ${calendarName(value).toLowerCase()}`;
  if (isArray(value)) return `[${value.map((element) => canonical(element)).join(', ')}]`;
  const map = imported(value);
  if (!isMap(map)) return value instanceof Zone ? `zone ${value.name}` : 'unknown';
  const entries = [...map].map(([key, element]) => `${canonical(key)}: ${canonical(element)}`);
  return `{${entries.toSorted().join(', ')}}`;
}

function bitsOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}
