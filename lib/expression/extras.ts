import type { Builtin } from './builtins/builtin.ts';
import { EXTRA_NAMES } from './builtins/extra-names.ts';
import type { Everything } from './everything.ts';

/*
 * Most formulas are arithmetic, so what they rarely use (texts, dates, patterns, encodings: a third
 * of the language by size) is loaded only when an expression names it. Compiling stays synchronous:
 * whoever compiles what others wrote awaits `prepareExpressions` first, or imports
 * `load-everything.ts`.
 */

let loaded: Everything | undefined;

/** Makes all of the language available at once, for whoever has it in memory already. */
export function useEverything(everything: Everything): void {
  loaded = everything;
}

/** What an extra looks like in a text: a function's name, the operator, a method. Too wide does no harm. */
const EXTRA = new RegExp(`\\b(?:${EXTRA_NAMES.join('|')}|matches)\\b|\\.\\s*\\w+\\s*\\(`);

/** Loads what these expressions may name beyond the usual; resolves at once where that is nothing. */
export async function prepareExpressions(sources: Iterable<string>): Promise<void> {
  if (loaded !== undefined) return;
  for (const source of sources) {
    if (!EXTRA.test(source)) continue;
    loaded = (await import('./everything.ts')).EVERYTHING;
    return;
  }
}

/** The extras of an expression that has been prepared. */
function extras(): Everything {
  // A mistake of ours and not of whoever wrote the expression.
  if (loaded === undefined) throw new Error('Expressions are compiled before they are prepared');
  return loaded;
}

export const extraBuiltin = (name: string): Builtin | undefined => extras().builtins[name];

export const matcher: Everything['matcher'] = (pattern, at) => extras().matcher(pattern, at);

// oxlint-disable-next-line max-params -- the same four as the original
export const matchDynamic: Everything['matchDynamic'] = (pattern, text, budget, at) =>
  extras().matchDynamic(pattern, text, budget, at);

/** The methods of a kind of value; only kinds that extras make have any. */
export const methodsOf: Everything['methodsOf'] = (kind) => loaded?.methodsOf(kind) ?? {};

// oxlint-disable-next-line max-params -- the same four as the original
export const callMethod: Everything['callMethod'] = (value, name, values, at) =>
  extras().callMethod(value, name, values, at);
