import { errorText } from '../../base/index.ts'
import { type GoMap, quote } from '../../go/index.ts'
import { SchemaCompiler } from './compile.ts'
import type { Dialect } from './drafts.ts'
import { evaluate } from './evaluate.ts'
import { parseSchemaDocument } from './json.ts'
import { type FetchSchemaText, schemaUrlLoader } from './load-url.ts'
import { locationText } from './location.ts'
import { formatProblems } from './messages.ts'
import { newSchema, type Schema } from './model.ts'
import { resourceAt, SchemaDocuments, schemaError } from './resources.ts'

const schemaUrl = 'file:///values.schema.json'

/** How references to other documents are followed. */
export interface CompileOptions {
  /** Fetches http and https references; absent: they fail. */
  readonly fetch?: FetchSchemaText | undefined
}

/** Checks a schema by its meta-schema and values by the schema; the answer is Helm's error text, or undefined. */
export function checkThoroughly(text: string, values: GoMap, options: CompileOptions): string | undefined {
  let compiled: Schema
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
function compileSchema(text: string, options: CompileOptions): Schema {
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
