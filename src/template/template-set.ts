import type { GoValue } from '../go/index.ts'
import { builtins } from './builtins.ts'
import { functionTable, type FunctionMap } from './compile/functions.ts'
import {
  Execution,
  isStackOverflow,
  type CompiledTemplate,
  type MissingKey,
  type RunnableText,
} from './compile/state.ts'

/** How a template runs. */
export interface ExecuteOptions {
  /** The functions that the templates were parsed with, or others of the same names. */
  readonly functions: FunctionMap
  /** What a missing map key gives; default: no value. Helm uses `zero`, and `error` with `--strict`. */
  readonly missingKey?: MissingKey
}

/** Definitions added together; a clone puts its own on top of those it was cloned from. */
interface Layer {
  readonly templates: Map<string, CompiledTemplate>
  readonly below: Layer | undefined
  readonly depth: number
  /** A clone builds on this layer, so it must not change any more. */
  shared: boolean
}

/** Beyond this many layers a new layer is a flat copy, which keeps look-ups short. */
const MAX_LAYERS = 6

/** Templates that can call each other by name, as the associated templates of text/template. */
export class TemplateSet {
  /** Name of the set's root template; Helm's is `gotpl`. Shown in errors only. */
  readonly name: string
  private top: Layer

  constructor(name = 'gotpl') {
    this.name = name
    this.top = { templates: new Map(), below: undefined, depth: 0, shared: false }
  }

  /** Adds the templates of a parsed text. A later definition wins, but an empty one replaces nothing. */
  add(parsed: RunnableText): void {
    for (const template of parsed.templates) {
      if (template.isEmpty && this.lookup(template.name) !== undefined) continue
      this.writable().set(template.name, template)
    }
  }

  private writable(): Map<string, CompiledTemplate> {
    if (this.top.shared) {
      const below = this.top
      this.top =
        below.depth >= MAX_LAYERS
          ? { templates: new Map(flatten(below)), below: undefined, depth: 0, shared: false }
          : { templates: new Map(), below, depth: below.depth + 1, shared: false }
    }
    return this.top.templates
  }

  has(name: string): boolean {
    return this.lookup(name) !== undefined
  }

  /** The template of a name, or undefined. */
  lookup(name: string): CompiledTemplate | undefined {
    for (let layer: Layer | undefined = this.top; layer !== undefined; layer = layer.below) {
      const template = layer.templates.get(name)
      if (template !== undefined) return template
    }
    return undefined
  }

  /** An independent set with the same templates; cheap. */
  clone(): TemplateSet {
    this.top.shared = true
    const copy = new TemplateSet(this.name)
    copy.top = this.top
    return copy
  }

  /** Names of all templates, sorted. */
  names(): string[] {
    return [...flatten(this.top).keys()].sort()
  }

  /** Runs a template of the set and gives its output. Throws TemplateError. */
  execute(name: string, data: GoValue, options: ExecuteOptions): string {
    const execution = new Execution({
      set: this,
      functions: functionTable(options.functions, builtins),
      missingKey: options.missingKey ?? 'default',
    })
    try {
      return execution.render(name, data)
    } catch (error) {
      throw isStackOverflow(error) ? execution.stackEnded() : error
    }
  }
}

function flatten(layer: Layer): Map<string, CompiledTemplate> {
  const all = layer.below === undefined ? new Map<string, CompiledTemplate>() : flatten(layer.below)
  for (const [name, template] of layer.templates) all.set(name, template)
  return all
}
