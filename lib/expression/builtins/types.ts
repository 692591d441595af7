import { ELEMENT, STRING } from '../types.ts';
import { kindOf } from '../values.ts';
import { type Builtins, signed } from './builtin.ts';

/** What `type` says of what Go has a named type for. */
const NAMED: Readonly<Record<string, string>> = {
  time: 'time.Time',
  duration: 'time.Duration',
  month: 'time.Month',
  weekday: 'time.Weekday',
  zone: 'unknown',
};

export const TYPE_BUILTINS: Builtins = {
  type: signed('type', [{ takes: [ELEMENT], gives: STRING }], ([value = null]) => {
    const kind = kindOf(value);
    return NAMED[kind] ?? kind;
  }),
};
