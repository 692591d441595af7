import type { Node } from './ast.ts';
import type { Scope, StaticType } from './types.ts';

/** What a checker knows where it stands. */
export interface CheckContext {
  readonly scope: Scope;
  readonly isBuiltin: (name: string) => boolean;
  /** Names of all builtins, for suggestions. */
  readonly functions: readonly string[];
  /** `let`s in force, innermost last. */
  readonly lets: { readonly name: string; readonly type: StaticType }[];
  /** Predicates around, innermost last. */
  readonly predicates: {
    readonly item: StaticType;
    /** `#index` and `#acc`, where there are such. */
    readonly pointers: Readonly<Record<string, StaticType>>;
  }[];
  /** The checker itself, so that its parts need not import it. */
  readonly visit: (node: Node, context: CheckContext) => StaticType;
}
