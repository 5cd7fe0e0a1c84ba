import { errorText, type Log } from '../base/index.ts'
import { type GoValue, quote } from '../go/index.ts'
import { type Execution, type ExecutionCallable, type FunctionMap, TemplateCache } from '../template/index.ts'
import { markMessage } from './engine-errors.ts'
import { withoutNoValue } from './engine.ts'
import { renderError } from './errors.ts'

/** Reads objects of a cluster while a chart renders; absent: `lookup` finds nothing. Must answer at once. */
export type LookupFunction = (apiVersion: string, kind: string, namespace: string, name: string) => GoValue

/** What the engine's own functions need. */
export interface EngineFunctionOptions {
  /** `required` and `fail` do not fail, `lookup` finds nothing. */
  readonly lint: boolean
  readonly lookup: LookupFunction | undefined
  readonly log: Log
}

/** Includes of one name within each other that are allowed; as Helm, one more than its constant says. */
const maxNested = 1000

const any = 'interface {}'

/** Parameter lists are shared: a call site compiles its arguments once per list. */
const textAndData: readonly string[] = ['string', any]
const text: readonly string[] = ['string']
const fourTexts: readonly string[] = ['string', 'string', 'string', 'string']

/**
 * `include`, `tpl`, `required`, `fail` and `lookup` for one rendering. As Helm 4.2 `pkg/engine`: they know the running templates
 * and count how deep each name is nested, so that a loop ends in an error.
 */
export function engineFunctions(base: FunctionMap, options: EngineFunctionOptions): FunctionMap {
  const nested = new Map<string, number>()
  const functions = new Map(base)
  const texts = new TemplateCache(functions)
  const include: ExecutionCallable = {
    params: textAndData,
    result: 'string',
    call: notRunning,
    callIn: (execution, name, data) => runInclude(nested, execution, String(name), data),
  }
  const tpl: ExecutionCallable = {
    params: textAndData,
    result: 'string',
    call: notRunning,
    callIn: (execution, text, data) => runTpl(texts, execution, String(text), data),
  }
  functions.set('include', include)
  functions.set('tpl', tpl)
  functions.set('required', { params: textAndData, result: any, call: required(options) })
  functions.set('fail', { params: text, result: 'string', call: fail(options) })
  const { lookup } = options
  functions.set('lookup', {
    params: fourTexts,
    result: 'map[string]interface {}',
    call: (apiVersion, kind, namespace, name) =>
      lookup && !options.lint ? lookup(String(apiVersion), String(kind), String(namespace), String(name)) : new Map(),
  })
  return functions
}

function runInclude(nested: Map<string, number>, execution: Execution, name: string, data: GoValue): GoValue {
  const depth = nested.get(name) ?? 0
  if (depth > maxNested) {
    throw renderError(
      'RENDER_EXEC',
      `rendering template has a nested reference name: ${name}: unable to execute template`,
    )
  }
  nested.set(name, depth + 1)
  try {
    return execution.render(name, data)
  } finally {
    nested.set(name, depth)
  }
}

function runTpl(texts: TemplateCache, execution: Execution, text: string, data: GoValue): GoValue {
  if (!text.includes('{{')) return withoutNoValue(text)
  let parsed: ReturnType<TemplateCache['parse']>
  try {
    parsed = texts.parse('gotpl', text)
  } catch (error) {
    throw renderError('RENDER_EXEC', `cannot parse template ${quote(text)}: ${errorText(error)}`, error)
  }
  try {
    return withoutNoValue(execution.renderParsed(parsed, data))
  } catch (error) {
    if (error instanceof RangeError) throw error
    throw renderError(
      'RENDER_EXEC',
      `error during tpl function execution for ${quote(text)}: ${errorText(error)}`,
      error,
    )
  }
}

function required(options: EngineFunctionOptions): (...args: GoValue[]) => GoValue {
  return (message, value) => {
    if (value !== null && value !== undefined && value !== '') return value
    if (!options.lint) throw renderError('RENDER_EXEC', markMessage(String(message)))
    const text = value === '' ? 'missing required values' : 'missing required value'
    options.log({ level: 'WARN', message: text, attributes: [['message', message]] })
    return ''
  }
}

function fail(options: EngineFunctionOptions): (...args: GoValue[]) => GoValue {
  return (message) => {
    if (!options.lint) throw renderError('RENDER_EXEC', markMessage(String(message)))
    options.log({ level: 'INFO', message: 'funcMap fail', attributes: [['message', message]] })
    return ''
  }
}

function notRunning(): GoValue {
  throw renderError('RENDER_EXEC', 'include and tpl only work inside a template')
}
