import { type Retry, ScalerError } from '../model/errors.ts';

export type ExpressionErrorCode =
  /** Refused before it ran: syntax, an unknown name, types that do not fit, a limit. */
  | 'EXPRESSION_INVALID'
  /** Failed while it ran: an index out of range, a text that is no number, a budget. */
  | 'EXPRESSION_FAILED'
  | 'EXPRESSION_REQUIRED'
  | 'EXPRESSION_NAN'
  | 'EXPRESSION_INF'
  /** A metric without a value was used where only a value will do. */
  | 'METRIC_MISSING';

/** What went wrong at one place of a source, before the source is known to whom it concerns. */
export interface Fault {
  readonly code: ExpressionErrorCode;
  /** What happened, a clause without a full stop. */
  readonly what: string;
  /** What to do, a sentence. */
  readonly advice: string;
  /** Offset into the source in UTF-16 units; undefined where it concerns the whole. */
  readonly at: number | undefined;
}

/** Carries a Fault up to the place that knows the source; never leaves this folder. */
export class FaultSignal extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.what);
    this.fault = fault;
  }
}

/** Stops with a fault of the running program. */
export function fail(at: number | undefined, what: string, advice = ''): never {
  throw new FaultSignal({ code: 'EXPRESSION_FAILED', what, advice, at });
}

/** Stops with a fault found before anything runs. */
export function refuse(at: number | undefined, what: string, advice = ''): never {
  throw new FaultSignal({ code: 'EXPRESSION_INVALID', what, advice, at });
}

interface Place {
  /** Counted from 1, in characters. */
  readonly line: number;
  readonly column: number;
  /** The line and a caret under the place, or nothing where the whole expression is meant. */
  readonly excerpt: string;
}

/**
 * An expression that cannot be compiled or evaluated. `stage` tells a mistake in the text, which
 * will fail always, from one that depends on the values.
 */
export class ExpressionError extends ScalerError {
  readonly code: ExpressionErrorCode;
  readonly retry: Retry;
  readonly stage: 'compile' | 'run';
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;

  constructor(fault: Fault, source: string, stage: 'compile' | 'run') {
    const place = placeOf(source, fault.at);
    const where = fault.at === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
    super(`${fault.what}${where}`, fault.advice === '' ? 'Check the expression.' : fault.advice);
    this.code = fault.code;
    this.retry = stage === 'compile' ? 'never' : 'next-tick';
    this.stage = stage;
    this.line = place.line;
    this.column = place.column;
    this.excerpt = place.excerpt;
  }
}

/** Lines longer than this are cut around the caret. */
const WIDEST_EXCERPT = 100;

function placeOf(source: string, at: number | undefined): Place {
  if (at === undefined) return { line: 1, column: 1, excerpt: '' };
  const before = source.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.indexOf('\n', at);
  const text = source.slice(lineStart, lineEnd === -1 ? source.length : lineEnd);
  const characters = Array.from(text);
  const column = Array.from(source.slice(lineStart, at)).length;
  const from = Math.max(0, column - WIDEST_EXCERPT / 2);
  const shown = characters.slice(from, from + WIDEST_EXCERPT).join('');
  return {
    line: before.split('\n').length,
    column: column + 1,
    excerpt: `${shown.replaceAll('\t', ' ')}\n${' '.repeat(column - from)}^`,
  };
}
