import { posix } from 'node:path'
import type { Log, LogRecord } from '../base/index.ts'
import type { ChartFile } from '../chart/index.ts'
import { fromBytes, type GoMap } from '../go/index.ts'
import {
  type FunctionMap,
  type NamedTemplate,
  type ParsedTemplate,
  parseTemplate,
  SharedVocabulary,
  TemplateSet,
} from '../template/index.ts'
import { cleanExecError, cleanParseError } from './engine-errors.ts'
import type { Renderable } from './scope.ts'
import { templateOrder } from './template-order.ts'
import { ValuesMap } from './values-object.ts'

/** How templates are run. */
export interface EngineOptions {
  /** All functions, those of the engine included, with the log they write to. */
  readonly functions: (log: Log) => FunctionMap
  readonly log: Log
  /** A missing key is an error. */
  readonly strict: boolean
  /** Which templates are run, of those that are no partials; absent: all of them. */
  readonly only?: ((file: ChartFile) => boolean) | undefined
}

/** Templates that were parsed, and whether all of them carry their own names. */
interface LoadedTemplates {
  readonly set: TemplateSet
  readonly exact: boolean
}

/**
 * Renders all templates but partials. As Helm 4.2 `Engine.Render`: all are parsed first, so that they can include one another.
 * A text that occurs under several paths (a sub-chart under many aliases) is parsed once; only when something fails is the
 * rendering repeated with every text under its own path, so that errors name the right file (the log tells of one of the
 * two). `collect` must therefore give fresh data each time.
 */
export function renderTemplates(
  collect: () => ReadonlyMap<string, Renderable>,
  options: EngineOptions,
): Map<string, string> {
  const templates = collect()
  const order = templateOrder(templates.keys())
  const functions = options.functions(options.log)
  const shared = loadTemplates(templates, order, functions, true)
  const run = { functions, strict: options.strict, only: options.only }
  if (shared.exact) return execute(templates, order, shared.set, run)
  const records: LogRecord[] = []
  try {
    const collecting = options.functions((record) => records.push(record))
    const rendered = execute(templates, order, shared.set, { ...run, functions: collecting })
    for (const record of records) options.log(record)
    return rendered
  } catch {
    const fresh = collect()
    return execute(fresh, order, loadTemplates(fresh, order, functions, false).set, run)
  }
}

interface Run extends Pick<EngineOptions, 'strict' | 'only'> {
  readonly functions: FunctionMap
}

function loadTemplates(
  templates: ReadonlyMap<string, Renderable>,
  order: readonly string[],
  functions: FunctionMap,
  share: boolean,
): LoadedTemplates {
  const set = new TemplateSet()
  let exact = true
  for (const path of order) {
    const data = templates.get(path)?.file.data ?? noData
    let parsed: ParsedTemplate
    try {
      parsed = share ? parseShared(path, data, functions) : parseTemplate(path, fromBytes(data), functions)
    } catch (error) {
      throw cleanParseError(path, error)
    }
    if (parsed.main.name !== path) {
      exact = false
      parsed = underName(parsed, path)
    }
    set.add(parsed)
  }
  return { set, exact }
}

function underName(parsed: ParsedTemplate, path: string): ParsedTemplate {
  const main = parsed.main.renamed(path)
  const rename = (template: NamedTemplate): NamedTemplate => (template === parsed.main ? main : template)
  return { main, templates: parsed.templates.map(rename) }
}

const noData = new Uint8Array()

const parsedTexts = new Map<string, ParsedTemplate>()
/** What parsed texts have in common, for as long as they are kept. */
let vocabulary: SharedVocabulary | undefined
const parsedLimit = 20_000
/** By the bytes themselves, which copies of a chart under aliases share, so that most texts need not even be decoded again. */
const parsedFiles = new WeakMap<Uint8Array, ParsedTemplate>()

/** Parsed templates by text, for the life of the process. The names of functions never change, so they are no part of the key. */
function parseShared(path: string, data: Uint8Array, functions: FunctionMap): ParsedTemplate {
  const same = parsedFiles.get(data)
  if (same) return same
  const text = fromBytes(data)
  vocabulary ??= new SharedVocabulary(functions)
  const parsed = parsedTexts.get(text) ?? parseTemplate(path, text, vocabulary)
  if (parsedTexts.size >= parsedLimit) {
    parsedTexts.clear()
    vocabulary = undefined
  }
  parsedTexts.set(text, parsed)
  parsedFiles.set(data, parsed)
  return parsed
}

function execute(
  templates: ReadonlyMap<string, Renderable>,
  order: readonly string[],
  set: TemplateSet,
  options: Run,
): Map<string, string> {
  const rendered = new Map<string, string>()
  const run = {
    functions: options.functions,
    missingKey: options.strict ? ('error' as const) : ('zero' as const),
  }
  for (const path of order) {
    const template = templates.get(path)
    if (!template || posix.basename(path).startsWith('_')) continue
    if (options.only?.(template.file) === false) continue
    template.scope.set('Template', templateObject(path, template.basePath))
    try {
      rendered.set(path, withoutNoValue(set.execute(path, template.scope, run)))
    } catch (error) {
      throw cleanExecError(path, error)
    }
  }
  return rendered
}

function templateObject(path: string, basePath: string): GoMap {
  return new ValuesMap(
    new Map([
      ['Name', path],
      ['BasePath', basePath],
    ]),
  )
}

/** Removes what Go prints for missing values; a chart cannot tell it from an empty text. */
export function withoutNoValue(text: string): string {
  return text.includes('<no value>') ? text.replaceAll('<no value>', '') : text
}
