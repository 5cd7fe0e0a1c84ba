import { builtins } from './builtins.ts'
import { SharedPipelines } from './compile/expression.ts'
import type { FunctionMap } from './compile/functions.ts'
import { KnownActions } from './known-actions.ts'

/** Builtins that are compiled specially unless a function of the same name replaces them. */
const SPECIAL = ['and', 'or', 'call'] as const
const NO_OVERRIDES: ReadonlySet<string> = new Set()

/** The names of the functions that texts are parsed with. Those must not change later. */
export class Vocabulary {
  /** Special builtins that functions of the same name replace. */
  readonly overridden: ReadonlySet<string>
  private readonly functions: ReadonlySet<string> | FunctionMap

  constructor(functions: ReadonlySet<string> | FunctionMap) {
    this.functions = functions
    const replaced = SPECIAL.filter((word) => functions.has(word))
    this.overridden = replaced.length === 0 ? NO_OVERRIDES : new Set<string>(replaced)
  }

  /** Whether a name is that of a function. */
  has(word: string): boolean {
    return this.functions.has(word) || builtins.has(word)
  }
}

/** A vocabulary that remembers: equal actions of the texts that are parsed with it are read and compiled once. */
export class SharedVocabulary extends Vocabulary {
  readonly actions = new KnownActions((word) => this.has(word))
  readonly pipelines = new SharedPipelines(this.overridden)
}
