/**
 * The words in which rules and connections describe their attributes: each reads a value, names
 * every problem with it at its path, and tells editors what is accepted (JSON Schema). This is
 * the one door to `schema/`, so that its files can be cut otherwise without anybody noticing.
 */
export { list, record } from './schema/collections.ts';
export {
  discreet,
  either,
  type Explain,
  kinds,
  mapped,
  object,
  type ObjectOf,
  type ObjectSchema,
  optional,
  withDefault,
} from './schema/objects.ts';
export {
  INVALID,
  inside,
  isPlain,
  note,
  type Parsed,
  type Place,
  type Problem,
  quote,
  refuse,
  type Schema,
} from './schema/problem.ts';
export { choice, flag, number, secret, text } from './schema/scalars.ts';
export { date, duration, moment, timeOfDay } from './schema/time.ts';
