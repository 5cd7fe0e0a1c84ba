import { errorText } from '../../base/index.ts'
import { type GoMap, type GoValue, quote } from '../../go/index.ts'
import { hasVocabulary } from './drafts.ts'
import { formatNamed } from './formats.ts'
import { isWhole, type JsonType, type Rational, rationalOf, isNumber } from './json.ts'
import { escapeToken, joinUrl, locationText } from './location.ts'
import { newSchema, type Schema, type SchemaPattern } from './model.ts'
import { compilePattern } from './pattern.ts'
import {
  lookup,
  type Resource,
  resolveFragment,
  resourceAt,
  resourceById,
  type SchemaDocuments,
  schemaError,
  type SchemaRoot,
} from './resources.ts'

/** Compiles schemas and all that they refer to. Schemas that were compiled once are reused. */
export class SchemaCompiler {
  readonly #documents: SchemaDocuments
  readonly #assertFormats: boolean
  readonly #schemas = new Map<string, Schema>()

  constructor(documents: SchemaDocuments, options: { readonly assertFormats: boolean }) {
    this.#documents = documents
    this.#assertFormats = options.assertFormats
  }

  /** The schema at the root of a document. */
  compile(url: string): Schema {
    this.#documents.root(url)
    const queue: Schema[] = []
    const schema = this.#enqueue(queue, url, '')
    for (let next = 0; next < queue.length; next++) this.#compileOne(queue[next] as Schema, queue)
    return schema
  }

  #enqueue(queue: Schema[], url: string, pointer: string): Schema {
    const key = `${url}#${pointer}`
    let schema = this.#schemas.get(key)
    if (!schema) {
      schema = newSchema(url, pointer, locationText(url, pointer))
      this.#schemas.set(key, schema)
      queue.push(schema)
    }
    return schema
  }

  #compileOne(schema: Schema, queue: Schema[]): void {
    const root = this.#documents.root(schema.url)
    this.#documents.ensureCollected(root, schema.pointer)
    const value = lookup(root, schema.pointer)
    const resource = resourceAt(root, schema.pointer)
    schema.draft = resource.dialect.draft.version
    schema.resource = this.#enqueue(queue, schema.url, resource.pointer)
    if (schema.draft >= 2020 && schema.resource === schema) {
      for (const anchor of resource.dynamicAnchors) {
        const pointer = resource.anchors.get(anchor)
        if (pointer !== undefined) schema.dynamicAnchors.set(anchor, this.#enqueue(queue, schema.url, pointer))
      }
    }
    if (typeof value === 'boolean') schema.boolean = value
    else if (value instanceof Map) {
      if (value.size === 0) schema.boolean = true
      else new ObjectCompiler(this.#context(root, resource, queue), value, schema, this.#assertFormats).compile()
    }
    noteEvaluated(schema)
  }

  #context(root: SchemaRoot, resource: Resource, queue: Schema[]): CompileContext {
    return {
      resource,
      schemaAt: (pointer) => this.#enqueue(queue, root.url, pointer),
      reference: (text) => {
        const { url, fragment } = joinUrl(resource.id, text)
        const local = resourceById(root, url)
        if (local) return this.#enqueue(queue, root.url, resolveFragment(root, local, fragment))
        const remote = this.#documents.root(url)
        return this.#enqueue(queue, url, resolveFragment(remote, resourceAt(remote, ''), fragment))
      },
    }
  }
}

interface CompileContext {
  readonly resource: Resource
  readonly schemaAt: (pointer: string) => Schema
  readonly reference: (text: string) => Schema
}

function noteEvaluated(schema: Schema): void {
  schema.allPropertiesEvaluated = schema.additionalProperties !== undefined
  if (schema.draft >= 2020) {
    schema.allItemsEvaluated = schema.items2020 !== undefined
    schema.itemsEvaluated = schema.prefixItems?.length ?? 0
    return
  }
  schema.allItemsEvaluated = schema.additionalItems !== undefined
  if (Array.isArray(schema.items)) schema.itemsEvaluated = schema.items.length
  else if (schema.items !== undefined) schema.allItemsEvaluated = true
}

class ObjectCompiler {
  readonly #context: CompileContext
  readonly #object: GoMap
  readonly #schema: Schema
  readonly #assertFormats: boolean

  constructor(context: CompileContext, object: GoMap, schema: Schema, assertFormats: boolean) {
    this.#context = context
    this.#object = object
    this.#schema = schema
    this.#assertFormats = assertFormats
  }

  compile(): void {
    const { draft } = this.#schema
    this.#schema.ref = this.#ref('$ref')
    if (draft < 2019 && this.#schema.ref) return
    if (this.#has('applicator')) this.#applicators(draft)
    if (this.#has('validation')) this.#validations(draft)
    this.#format(draft)
    if (draft >= 2019) this.#since2019(draft)
  }

  #applicators(draft: number): void {
    const schema = this.#schema
    schema.allOf = this.#list('allOf')
    schema.anyOf = this.#list('anyOf')
    schema.oneOf = this.#list('oneOf')
    schema.not = this.#one('not')
    if (draft < 2020) {
      if (Array.isArray(this.#object.get('items'))) {
        schema.items = this.#list('items')
        schema.additionalItems = this.#schemaOrBoolean('additionalItems')
      } else schema.items = this.#one('items')
    }
    schema.properties = this.#map('properties')
    const patterns = this.#map('patternProperties')
    if (patterns) {
      schema.patternProperties = [...patterns].map(([source, inner]) => [
        this.#regex('patternProperties', source),
        inner,
      ])
    }
    schema.additionalProperties = this.#schemaOrBoolean('additionalProperties')
    schema.dependencies = this.#dependencies()
    if (draft >= 6) {
      schema.contains = this.#one('contains')
      schema.propertyNames = this.#one('propertyNames')
    }
    if (draft >= 7) {
      schema.condition = this.#one('if')
      const constant = this.#object.get('if')
      if (schema.condition && constant !== false) schema.whenTrue = this.#one('then')
      if (schema.condition && constant !== true) schema.whenFalse = this.#one('else')
    }
  }

  #validations(draft: number): void {
    const schema = this.#schema
    schema.types = typesOf(this.#object.get('type'))
    const values = this.#object.get('enum')
    if (Array.isArray(values)) schema.enum = values
    schema.multipleOf = this.#number('multipleOf')
    const maximum = this.#number('maximum')
    if (this.#object.get('exclusiveMaximum') === true) schema.exclusiveMaximum = maximum
    else {
      schema.maximum = maximum
      schema.exclusiveMaximum = this.#number('exclusiveMaximum')
    }
    const minimum = this.#number('minimum')
    if (this.#object.get('exclusiveMinimum') === true) schema.exclusiveMinimum = minimum
    else {
      schema.minimum = minimum
      schema.exclusiveMinimum = this.#number('exclusiveMinimum')
    }
    schema.minLength = this.#integer('minLength')
    schema.maxLength = this.#integer('maxLength')
    const pattern = this.#object.get('pattern')
    if (typeof pattern === 'string') schema.pattern = this.#regex('pattern', pattern)
    schema.minItems = this.#integer('minItems')
    schema.maxItems = this.#integer('maxItems')
    schema.uniqueItems = this.#object.get('uniqueItems') === true
    schema.minProperties = this.#integer('minProperties')
    schema.maxProperties = this.#integer('maxProperties')
    const required = this.#object.get('required')
    if (Array.isArray(required)) schema.required = textsOf(required)
    if (draft >= 6 && this.#object.has('const')) schema.const = { value: this.#object.get('const') }
  }

  #format(draft: number): void {
    const asserted = this.#assertFormats || draft < 2019 || this.#has(draft === 2019 ? 'format' : 'format-assertion')
    const name = this.#object.get('format')
    if (asserted && typeof name === 'string') this.#schema.format = formatNamed(name)
  }

  #since2019(draft: number): void {
    const schema = this.#schema
    schema.recursiveRef = this.#ref('$recursiveRef')
    schema.recursiveAnchor = this.#object.get('$recursiveAnchor') === true
    if (this.#has('validation')) {
      if (schema.contains) {
        schema.minContains = this.#integer('minContains')
        schema.maxContains = this.#integer('maxContains')
      }
      const required = this.#object.get('dependentRequired')
      if (required instanceof Map) {
        const lists = [...required].filter((entry): entry is [string, GoValue[]] => Array.isArray(entry[1]))
        schema.dependentRequired = new Map(lists.map(([name, names]) => [name, textsOf(names)]))
      }
    }
    if (this.#has('applicator')) schema.dependentSchemas = this.#map('dependentSchemas')
    if (this.#has(draft === 2019 ? 'applicator' : 'unevaluated')) {
      schema.unevaluatedItems = this.#one('unevaluatedItems')
      schema.unevaluatedProperties = this.#one('unevaluatedProperties')
    }
    if (draft < 2020) return
    const target = this.#ref('$dynamicRef')
    const reference = this.#object.get('$dynamicRef')
    if (target && typeof reference === 'string') {
      const fragment = reference.includes('#') ? reference.slice(reference.indexOf('#') + 1) : ''
      schema.dynamicRef = { schema: target, anchor: fragment.startsWith('/') ? '' : fragment }
    }
    const anchor = this.#object.get('$dynamicAnchor')
    if (typeof anchor === 'string') schema.dynamicAnchor = anchor
    if (this.#has('applicator')) {
      schema.prefixItems = this.#list('prefixItems')
      schema.items2020 = this.#one('items')
    }
  }

  #has(vocabulary: string): boolean {
    return hasVocabulary(this.#context.resource.dialect, vocabulary)
  }

  #pointer(...tokens: string[]): string {
    return this.#schema.pointer + tokens.map((token) => `/${escapeToken(token)}`).join('')
  }

  #ref(keyword: string): Schema | undefined {
    const reference = this.#object.get(keyword)
    return typeof reference === 'string' ? this.#context.reference(reference) : undefined
  }

  #one(keyword: string): Schema | undefined {
    return this.#object.has(keyword) ? this.#context.schemaAt(this.#pointer(keyword)) : undefined
  }

  #list(keyword: string): Schema[] | undefined {
    const list = this.#object.get(keyword)
    if (!Array.isArray(list)) return undefined
    return list.map((_, index) => this.#context.schemaAt(this.#pointer(keyword, String(index))))
  }

  #map(keyword: string): Map<string, Schema> | undefined {
    const map = this.#object.get(keyword)
    if (!(map instanceof Map)) return undefined
    return new Map([...map.keys()].map(String).map((key) => [key, this.#context.schemaAt(this.#pointer(keyword, key))]))
  }

  #schemaOrBoolean(keyword: string): Schema | boolean | undefined {
    const value = this.#object.get(keyword)
    return typeof value === 'boolean' ? value : this.#one(keyword)
  }

  #dependencies(): Map<string, Schema | readonly string[]> | undefined {
    const map = this.#object.get('dependencies')
    if (!(map instanceof Map)) return undefined
    return new Map(
      [...map].map(([key, value]) => [
        String(key),
        Array.isArray(value) ? textsOf(value) : this.#context.schemaAt(this.#pointer('dependencies', String(key))),
      ]),
    )
  }

  #number(keyword: string): Rational | undefined {
    const value = this.#object.get(keyword)
    return isNumber(value) ? rationalOf(value) : undefined
  }

  #integer(keyword: string): number | undefined {
    const value = this.#number(keyword)
    return value && isWhole(value) ? Number(value.numerator / value.denominator) : undefined
  }

  #regex(keyword: string, source: string): SchemaPattern {
    try {
      return compilePattern(source)
    } catch (error) {
      const at = `${this.#schema.location}/${keyword}`
      throw schemaError(`invalid regex ${quote(source)} at ${quote(at)}: ${errorText(error)}`)
    }
  }
}

const typeNames: readonly JsonType[] = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']

function typesOf(value: GoValue): ReadonlySet<JsonType> | undefined {
  const named = new Set<GoValue>(Array.isArray(value) ? value : [value])
  const types = typeNames.filter((name) => named.has(name))
  return types.length > 0 ? new Set(types) : undefined
}

function textsOf(list: readonly GoValue[]): string[] {
  return list.filter((item) => typeof item === 'string')
}
