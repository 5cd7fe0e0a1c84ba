import type { PipeNode } from './node.ts'

/**
 * An action by itself, without the text, the place and the body that go with it: `{{end}}` and what begins or is a
 * statement. `{{block}}` is read together with its body; `chained` is an `{{else}}` that goes on
 * with an `if` or `with`, and `else if` and `else with` are such ones with what they go on with.
 */
export type Action =
  | { readonly type: 'action' | 'if' | 'with' | 'range' | 'else if' | 'else with'; readonly pipe: PipeNode }
  | { readonly type: 'define'; readonly name: string }
  | { readonly type: 'template'; readonly pos: number; readonly name: string; readonly pipe: PipeNode | undefined }
  | { readonly type: 'break' | 'continue' | 'end' | 'else' | 'chained' }

/** An action that was read before, and what reading it did to the variables in scope. */
export interface KnownAction {
  readonly action: Action
  /** Variables that it needs, `$` apart. */
  readonly uses: readonly string[]
  /** Variables that it declares, in order. */
  readonly declares: readonly string[]
}
