/** What a generated part is meant to be; with some chance it is something else on purpose. */
export const SORTS = [
  'float',
  'int',
  'bool',
  'string',
  'floats',
  'ints',
  'strings',
  'mixed',
  'map',
  'duration',
  'time',
  'any',
] as const;
export type Sort = (typeof SORTS)[number];

/*
 * Forms of each sort. `<float>` is a part of that sort, `<self>` one of the sort in hand, `<number>`
 * a float or an int, `<array>` any array, `<other>` anything; `<float in array>` is a predicate on
 * the elements of the `<array>` before it. `«a|b»` is one of these texts.
 */

/** Forms of any sort. */
export const GENERAL: readonly string[] = [
  '(<bool> ? <self> : <self>)',
  '<bool> ? <self> : <self>',
  '(<self> ?? <self>)',
  '(if <bool> {<self>} else {<self>})',
  '(<any> ?? <self>)',
  '(<other>; <self>)',
  '[<self>, <self>]«[0]|[1]|[-1]|[2]»',
  '{a: <self>}«.a|["a"]|?.a|.b|?.b»',
  '<let>',
];

const NUMERIC = [
  '<self> «+|-|*» <number>',
  '(<self> «+|-|*» <number>)',
  '<number> «/|**|^|%» <number>',
  '«-|+»<self>',
  '«min|max|mean|median»(<number>, <number>)',
  '«min|max|mean|median|sum»(<array>)',
  'sum(<array>, <self in array>)',
  'reduce(<array>, <self in array with acc>«|, 0»)',
  'reduce(<self>s, #acc «+|*|-» #)',
  '«find|findLast»(<array>, <bool in array>)',
  '<self>s[<int>]',
  '«first|last»(<array>)',
];

/** Names and texts that numbers are made of. */
const INTS =
  '«0|1|2|3|7|10|42|299|0x1F|0b101|0o17|1_000|017|9223372036854775807|4611686018427387904»';
const FLOATS = '«1.50|0.25|9.99|3.14|.5|1.|1e3|2.5e-3|1e300|1e-310|1_0.5|0.1|1e18|5e15»';
const METRICS = '«lag|cpu|rps|qd|n|neg|zero|orders.lag|orders.partitions»';

/** The plainest forms, with which every expression ends somewhere. */
export const LEAVES: Readonly<Record<Sort, readonly string[]>> = {
  float: [METRICS, METRICS, FLOATS],
  int: [INTS, INTS, 'len(xs)'],
  bool: ['true', 'false', 'busy', 'not busy'],
  string: [
    String.raw`«"a"|'abc'|"worker"|${'`raw`'}|""|"5"|"2.6"|"h\u00e9\n"|"A-b_c"|"日本"»`,
    'name',
  ],
  floats: ['xs', '[lag, cpu, n]', '[1.5, 2.5]', '[0.1, 0.2, 0.3]', '[neg]', '[]'],
  ints: ['1..4', '[1, 2, 3, 4]', '[3, 1, 2]', '5..1', '[7]', '-2..2'],
  strings: ['["a", "b"]', 'split("a,b,c", ",")', '[name]', '["b", "a", "c"]'],
  mixed: ['[1, 2.5, 3]', '[1, "a"]', '[nil, 1]', '[[1, 2], [3]]', '[true, 1.5]', '[1, lag]'],
  map: ['{a: 1, b: 2.5}', 'orders', '{"x": "y"}', '{}', '{a: {b: [1, 2]}}'],
  duration: ['duration(«"90s"|"1h30m"|"-1.5s"|"300ms"»)'],
  time: [
    'date(«"2026-11-27"|"2026-03-29 01:30:00"|"2026-11-27T06:00:00Z"»)',
    'date("2020-02-29", "2006-01-02", "Europe/Paris")',
  ],
  any: [
    'nil',
    '$env["lag"]',
    'fromJSON("3")',
    "fromJSON('[1, 2]')",
    '$env?.nope',
    '[1, "a"][0]',
    'get(orders, "lag")',
  ],
};

const arrayForms = (item: Sort): readonly string[] => [
  `[<${item}>, <${item}>, <${item}>]`,
  `filter(<self>, <bool in self>)`,
  `map(<array>, <${item} in array>)`,
  `<array> | map(<${item} in array>)`,
  'sortBy(<self>, <number in self>«|, "desc"|, "asc"»)',
  'take(<self>, <int>)',
  '<self>[<int>:<int>]',
  '«reverse|uniq|sort»(<self>)',
];

export const FORMS: Readonly<Record<Sort, readonly string[]>> = {
  float: [
    ...NUMERIC,
    '(<number> / <number>)',
    '«ceil|floor|round|abs|float»(<number>)',
    '<duration>«.Hours()|.Seconds()|.Minutes()»',
  ],
  int: [
    ...NUMERIC,
    '(<int> % <int>)',
    '«int|abs|int»(<number>)',
    '«count|findIndex|findLastIndex»(<array>, <bool in array>)',
    'len(<string>)',
    'len(<array>)',
    'len(<map>)',
    '«bitand|bitor|bitxor|bitnand|bitshl|bitshr|bitushr»(<int>, <int>)',
    'bitnot(<int>)',
    '«indexOf|lastIndexOf»(<string>, <string>)',
    '<time>«.Year()|.Day()|.Hour()|.YearDay()|.Unix()|.Minute()»',
    'int(<string>)',
    'int(<time>«.Month()|.Weekday()»)',
    'len(filter(<array>, <bool in array>))',
    '<duration>«.Milliseconds()|.Nanoseconds()»',
  ],
  bool: [
    '<number> «<|<=|>|>=|==|!=» <number>',
    '<number> «<|<=|>|>=|==|!=» <number>',
    '(<bool> «and|or|&&|or|==» <bool>)',
    '«not |!|»(<bool>)',
    '<other> «<|<=|>|>=|==|!=» <other>',
    '(<number> «in|not in» <array>)',
    '(<string> «in|not in» <strings>)',
    '(<string> «in|not in» <map>)',
    '<string> «contains|startsWith|endsWith|not contains» <string>',
    String.raw`<string> matches «"^a"|"[a-c]+$"|"(?i)WORK"|"\\bwor"|"[^a-z]"|".{2,3}$"|"("»`,
    '<string> matches <string>',
    '«all|any|none|one»(<array>, <bool in array>)',
    '<number> «<|<=» <number> «<|>» <number>',
    'count(<array>, <bool in array>) «<|<=|>|>=|==» «0|1|2|3»',
    '«hasPrefix|hasSuffix»(<string>, <string>)',
  ],
  string: [
    '(<string> + <string>)',
    '«upper|lower|trim|trimPrefix»(<string>)',
    'string(<other>)',
    '<string>[<int>:<int>]',
    'replace(<string>, <string>, <string>«|, 1|, -1»)',
    'join(<strings>«|, "-"»)',
    'repeat(<string>, <int>)',
    'type(<other>)',
    'toJSON(<other>)',
    '«toBase64|fromBase64»(<string>)',
    '«trim|trimPrefix|trimSuffix»(<string>, <string>)',
    '<time>«.Format("2006-01-02T15:04:05")|.Format("Mon Jan _2 3:04PM")|.Weekday().String()»',
    '<duration>.String()',
  ],
  floats: arrayForms('float'),
  ints: [...arrayForms('int'), '(<int>..«3|5|10»)'],
  strings: [...arrayForms('string'), '«split|splitAfter»(<string>, <string>«|, 2»)'],
  mixed: [
    '«flatten|uniq|reverse|sort»(<array>)',
    'concat(<array>, <array>)',
    'sort(«keys|values»(<map>))',
    '«map|sortBy»(<array>, <other in array>)',
    '[<other>, <other>]',
  ],
  map: [
    'groupBy(<array>, <bool in array>)',
    'groupBy(<array>, <number in array>)',
    'groupBy(<array>, <string in array>)',
    'fromPairs([[<string>, <other>]])',
    'fromPairs(toPairs(<map>))',
    '{a: <other>, (<string>): <other>}',
  ],
  duration: [
    '(<duration> «+|-|*» <duration>)',
    '(<duration> * <number>)',
    '(<time> - <time>)',
    '<duration>«.Round|.Truncate»(<duration>)',
    'duration(<string>)',
  ],
  time: [
    '(<time> «+|-» <duration>)',
    '<time>.AddDate(<int>, 1, -1)',
    '<time>.In(timezone(«"Europe/Paris"|"America/New_York"|"UTC"|"Nowhere"»))',
    '<time>«.Truncate|.Round»(<duration>)',
    'date(<string>)',
  ],
  any: [
    'fromJSON(<string>)',
    '<mixed>[<int>]',
    'get(<map>, <string>)',
    '<map>«.a|?.a?.b|["a"]|.b|?.x.y|[name]»',
    'fromJSON(toJSON(<other>))',
    '<any> «+|-|*|/|%» <any>',
    '<other>',
  ],
};
