import { errorText, type Log } from '../../base/index.ts'
import { fromBytes, type GoMap, goType, quote } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import type { Chart } from '../model.ts'
import { isTable } from '../values/merge.ts'
import { SchemaCompiler } from './compile.ts'
import { type Dialect, drafts } from './drafts.ts'
import { evaluate } from './evaluate.ts'
import { parseSchemaDocument } from './json.ts'
import { type FetchSchemaText, schemaUrlLoader } from './load-url.ts'
import { locationText } from './location.ts'
import { formatProblems } from './messages.ts'
import { newSchema, type Schema } from './model.ts'
import { isSurelyValid } from './plain.ts'
import { resourceAt, SchemaDocuments, schemaError } from './resources.ts'

const schemaUrl = 'file:///values.schema.json'

/** How schemas are read and reported. */
export interface SchemaOptions {
  /** Fetches http and https references; absent: they fail. */
  readonly fetch?: FetchSchemaText | undefined
  readonly log?: Log | undefined
}

/**
 * Checks coalesced values against the values.schema.json of a chart and of its sub-charts. Throws one error with all findings,
 * worded as Helm 4.2.
 */
export function validateValues(chart: Chart, values: GoMap, options: SchemaOptions = {}): void {
  const findings = collectFindings(chart, values, options)
  if (findings === '') return
  throw chartError(
    'VALUES_SCHEMA',
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${findings}`,
  )
}

function collectFindings(chart: Chart, values: GoMap, options: SchemaOptions): string {
  let text = ''
  if (chart.schema) {
    options.log?.({ level: 'DEBUG', message: 'chart name', attributes: [['chart-name', chart.name]] })
    const finding = checkAgainstSchema(values, chart.schema, options)
    if (finding !== undefined) text += `${chart.name}:\n${finding}`
  }
  options.log?.({
    level: 'DEBUG',
    message: 'number of dependencies in the chart',
    attributes: [
      ['chart', chart.name],
      ['dependencies', chart.dependencies.length],
    ],
  })
  for (const subchart of chart.dependencies) {
    const section = values.get(subchart.name)
    if (section === undefined || section === null) continue
    if (isTable(section)) text += collectFindings(subchart, section, options)
    else text += `${subchart.name}:\ninvalid type for values: expected object (map), got ${goType(section)}\n`
  }
  return text
}

/** Checks values against one schema; the answer is Helm's error text, or undefined when they are valid. */
export function checkAgainstSchema(values: GoMap, schema: Uint8Array, options: SchemaOptions = {}): string | undefined {
  let compiled: Schema
  const text = fromBytes(schema)
  options.log?.({ level: 'DEBUG', message: 'unmarshalled JSON schema', attributes: [['schema', text]] })
  if (isSurelyValid(text, values)) return undefined
  try {
    compiled = compileSchema(text, options)
  } catch (error) {
    return errorText(error)
  }
  const problems = evaluate(compiled, values)
  return problems.length === 0 ? undefined : `${formatProblems(problems).slice(1)}\n`
}

const compiledSchemas = new Map<string, Schema>()
const compiledLimit = 64

/** Compiled schemas are kept by content, because an umbrella brings the same sub-chart many times. */
function compileSchema(text: string, options: SchemaOptions): Schema {
  const known = compiledSchemas.get(text)
  if (known) return known
  const document = parseSchemaDocument(text)
  const documents = new SchemaDocuments(schemaUrlLoader(options), (root, value, pointer) => {
    const metaschema = metaschemaOf(resourceAt(root, pointer).dialect)
    const at = (place: string): Schema | undefined => {
      const resource = root.resources.get(pointer + place)
      return resource && metaschemaOf(resource.dialect)
    }
    const problems = evaluate(metaschema, value, { metaschema, at })
    if (problems.length === 0) return
    const heading = `jsonschema validation failed with '${metaschema.location}'`
    throw schemaError(
      `${quote(locationText(root.url, pointer))} is not valid against metaschema: ${heading}${formatProblems(problems)}`,
    )
  })
  documents.add(schemaUrl, document)
  const schema = new SchemaCompiler(documents, { assertFormats: false }).compile(schemaUrl)
  if (compiledSchemas.size >= compiledLimit) compiledSchemas.clear()
  compiledSchemas.set(text, schema)
  return schema
}

let metaCompiler: SchemaCompiler | undefined
const metaschemas = new Map<string, Schema>()

/** The compiled meta-schema of a dialect: that of the draft, or one that joins the vocabularies in force. */
function metaschemaOf(dialect: Dialect): Schema {
  const key = `${dialect.draft.version} ${dialect.vocabularies?.join(' ') ?? ''}`
  let schema = metaschemas.get(key)
  if (schema) return schema
  metaCompiler ??= new SchemaCompiler(
    new SchemaDocuments(
      (url) => {
        throw schemaError(`no meta-schema at ${quote(url)}`)
      },
      () => {},
    ),
    { assertFormats: true },
  )
  const compiler = metaCompiler
  if (dialect.vocabularies === undefined) schema = compiler.compile(dialect.draft.url)
  else {
    const base = dialect.draft.url.replace(/schema$/, 'meta/')
    schema = newSchema('urn:mem:metaschema', '', 'urn:mem:metaschema')
    schema.draft = dialect.draft.version
    schema.allOf = dialect.vocabularies.map((name) => compiler.compile(`${base}${name}`))
    if (dialect.draft.version >= 2020) {
      schema.dynamicAnchor = 'meta'
      schema.dynamicAnchors.set('meta', schema)
    }
  }
  metaschemas.set(key, schema)
  return schema
}

/** All drafts that schemas may name, for documentation. */
export const supportedDrafts: readonly string[] = drafts.map((draft) => draft.url)
