import { errorText } from '../../base/index.ts'
import { type GoMap, type GoValue, quote } from '../../go/index.ts'
import { SchemaCompiler } from './compile.ts'
import type { Dialect } from './drafts.ts'
import { evaluate } from './evaluate.ts'
import { parseSchemaDocument } from './json.ts'
import { type SchemaOptions, schemaUrlLoader } from './load-url.ts'
import { locationText } from './location.ts'
import { formatProblems } from './messages.ts'
import { newSchema, type Schema } from './model.ts'
import { resourceAt, SchemaDocuments, schemaError } from './resources.ts'

const schemaUrl = 'file:///values.schema.json'

/** Checks a schema by its meta-schema and values by the schema; the answer is Helm's error text, or undefined. */
export function checkThoroughly(text: string, values: GoMap, options: SchemaOptions): string | undefined {
  let compiled: Schema
  try {
    compiled = compileSchema(text, options)
  } catch (error) {
    return errorText(error)
  }
  const problems = evaluate(compiled, values)
  return problems.length === 0 ? undefined : `${formatProblems(problems).slice(1)}\n`
}

/** Compiled schemas by content, because an umbrella brings the same sub-chart many times. */
type CompiledSchemas = Map<string, Schema>

const COMPILED_LIMIT = 64
/** Those that refer to no other document. */
const selfContained: CompiledSchemas = new Map()
/** The others, by who fetches documents and so decides what is in them. */
const withOthers = new WeakMap<object, CompiledSchemas>()
const NO_FETCH = {}

function compileSchema(text: string, options: SchemaOptions): Schema {
  const source = options.fetch ?? NO_FETCH
  const known = selfContained.get(text) ?? withOthers.get(source)?.get(text)
  if (known) return known
  const document = parseSchemaDocument(text)
  const load = schemaUrlLoader(options)
  let compiled = selfContained
  const loadOther = (url: string): GoValue => {
    compiled = withOthers.get(source) ?? new Map<string, Schema>()
    withOthers.set(source, compiled)
    return load(url)
  }
  const documents = new SchemaDocuments(loadOther, (root, value, pointer) => {
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
  if (compiled.size >= COMPILED_LIMIT) compiled.clear()
  compiled.set(text, schema)
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
