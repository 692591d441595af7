/** Longest expression in UTF-16 units; a rule's formula is a line or two, never a program. */
export const MAX_LENGTH = 4096;

/** Deepest nesting of brackets, calls and unary operators; keeps every recursion off the stack's end. */
export const MAX_DEPTH = 100;

/** Most nodes of one syntax tree; as high as MAX_LENGTH allows in practice, so a second fence. */
export const MAX_NODES = 2000;

/** Highest tree; a long sum leans left and costs height, though nobody nested anything. */
export const MAX_HEIGHT = 600;

/**
 * Units of memory for one evaluation: elements of arrays and maps made, and characters of strings
 * made, eight to the unit. expr-lang's own budget: `1..1000000` fails there too.
 */
export const MEMORY_BUDGET = 1_000_000;

/** Characters counted as one unit of MEMORY_BUDGET. */
export const CHARACTERS_PER_UNIT = 8;

/** Loop turns, comparisons and copies of one evaluation; about a tenth of a second in the worst case. */
export const STEP_BUDGET = 2_500_000;

/** Deepest nesting of a value (an array in an array in …), for the same reason as MAX_DEPTH. */
export const MAX_VALUE_DEPTH = 200;

/** Compiled programs kept; a fleet of a thousand rules with three expressions each fits. */
export const MAX_CACHED_PROGRAMS = 4096;
