/** Names of the functions in `everything.ts`: texts, dates, maps, bits and encodings. */
export const EXTRA_NAMES: readonly string[] = (
  'keys values toPairs fromPairs trim trimPrefix trimSuffix upper lower indexOf lastIndexOf split ' +
  'splitAfter hasPrefix hasSuffix replace repeat join string now date duration timezone bitand bitor ' +
  'bitxor bitnand bitshl bitshr bitushr bitnot toJSON fromJSON toBase64 fromBase64'
).split(' ');
