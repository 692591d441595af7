import { note, refuse, type Schema } from '../schema.ts';

/** As long as the language accepts; a formula is a line or two. */
const LONGEST_EXPRESSION = 4096;

/** More replicas than this in a rule are a slip of the hand; no platform here runs so many. */
export const MOST_REPLICAS = 1_000_000;

/**
 * An expression, kept as its text, or a whole number of replicas, which becomes its text. What
 * the text means is for the expression language to say.
 */
export function expression(options: { readonly about: string }): Schema<string> {
  const accepted = `an expression or a whole number from 0 to ${MOST_REPLICAS}`;
  return {
    parse(value, place) {
      if (typeof value === 'number') {
        const isCount = Number.isInteger(value) && value >= 0 && value <= MOST_REPLICAS;
        return isCount ? String(value) : refuse(place, accepted, value);
      }
      if (typeof value !== 'string' || value.trim() === '') return refuse(place, accepted, value);
      if (value.length > LONGEST_EXPRESSION) {
        return note(
          place,
          `expected at most ${LONGEST_EXPRESSION} characters, found ${value.length}`,
        );
      }
      const number = constant(value);
      if (number !== undefined && number < 0) return refuse(place, accepted, value);
      return value;
    },
    json: {
      description: options.about,
      anyOf: [
        { type: 'string', minLength: 1, maxLength: LONGEST_EXPRESSION },
        { type: 'integer', minimum: 0, maximum: MOST_REPLICAS },
      ],
    },
  };
}

/** The number that an expression is, where it is nothing but one. */
export function constant(source: string | undefined): number | undefined {
  return source !== undefined && /^\s*-?\d{1,15}(?:\.\d{1,15})?\s*$/.test(source)
    ? Number(source)
    : undefined;
}

/** Words and functions of the expression language (expr-lang 1.17.8, and `ramp` of our own). */
const WORDS = `
  true false nil in not and or matches contains startsWith endsWith let if else
  all none any one filter map find findIndex findLast findLastIndex count groupBy sortBy reduce
  len type abs ceil floor round int float string max min sum mean median
  trim trimPrefix trimSuffix upper lower split splitAfter replace repeat join indexOf lastIndexOf
  hasPrefix hasSuffix toJSON fromJSON toBase64 fromBase64 now duration date timezone
  first last get take keys values toPairs fromPairs reverse uniq concat flatten sort
  bitand bitor bitxor bitnand bitnot bitshl bitshr bitushr ramp`;

/** Names that mean something in an expression already, so that no metric may have them. */
export const reservedNames: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
