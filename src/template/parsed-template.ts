import { type CompileContext, compileTree } from './compile/compile.ts'
import type { CompiledTemplate, Statement } from './compile/state.ts'
import { isEmptyTree, type Tree } from './node.ts'

/** A named template of a parsed text; compiled when it runs for the first time. */
export class NamedTemplate implements CompiledTemplate {
  readonly name: string
  /** Holds nothing but space and comments; such a template does not replace another of its name. */
  readonly isEmpty: boolean
  readonly tree: Tree
  private readonly context: CompileContext
  private readonly original: NamedTemplate | undefined
  private compiled: ReturnType<typeof compileTree> | undefined

  constructor(tree: Tree, context: CompileContext, alias?: { readonly name: string; readonly of: NamedTemplate }) {
    this.name = alias?.name ?? tree.name
    this.original = alias?.of
    this.tree = tree
    this.isEmpty = isEmptyTree(tree.root)
    this.context = context
  }

  /** The same template under another name, compiled once for both. Places in errors keep the file of the first. */
  renamed(name: string): NamedTemplate {
    return new NamedTemplate(this.tree, this.context, { name, of: this.original ?? this })
  }

  get slots(): number {
    if (this.original !== undefined) return this.original.slots
    return (this.compiled ?? this.compile()).scope.slots
  }

  get run(): Statement {
    if (this.original !== undefined) return this.original.run
    return (this.compiled ?? this.compile()).run
  }

  private compile(): ReturnType<typeof compileTree> {
    this.compiled = compileTree(this.tree, this.context)
    return this.compiled
  }
}

/** A parsed text: the template of its own name and those of its {{define}}s. Immutable; may be cached and shared. */
export interface ParsedTemplate {
  /** The template of the text itself. */
  readonly main: NamedTemplate
  /** All named templates of the text that have a place in a set, `main` among them. */
  readonly templates: readonly NamedTemplate[]
}
