import { errorText } from '../../base/index.ts'
import { type GoMap, type GoValue, quote } from '../../go/index.ts'
import { type ChartError, chartError } from '../errors.ts'
import { type Dialect, type Draft, draftOfUrl, latestDraft } from './drafts.ts'
import { decodeFragment, escapeToken, joinUrl, locationText, splitUrl, unescapeToken } from './location.ts'
import { metaschemaAt } from './metaschemas.ts'

/** Fetches the document of a URL that is no meta-schema. */
export type LoadSchemaUrl = (url: string) => GoValue

/** A part of a document with an id of its own: references are resolved against it. */
export interface Resource {
  readonly pointer: string
  readonly id: string
  dialect: Dialect
  readonly anchors: Map<string, string>
  readonly dynamicAnchors: Set<string>
}

/** A schema document and what was found in it. */
export interface SchemaRoot {
  readonly url: string
  readonly document: GoValue
  readonly resources: Map<string, Resource>
  readonly processed: Set<string>
}

/** Builds the errors of this folder. */
export function schemaError(message: string): ChartError {
  return chartError('VALUES_SCHEMA', message)
}

/** Documents by URL, read once, with their ids and anchors. */
export class SchemaDocuments {
  readonly #documents = new Map<string, GoValue>()
  readonly #roots = new Map<string, SchemaRoot>()
  readonly #load: LoadSchemaUrl
  /** Checks a new document, or a part of one, against its meta-schema. */
  readonly #check: (root: SchemaRoot, value: GoValue, pointer: string) => void

  constructor(load: LoadSchemaUrl, check: (root: SchemaRoot, value: GoValue, pointer: string) => void) {
    this.#load = load
    this.#check = check
  }

  /** Adds a document under a URL. */
  add(url: string, document: GoValue): void {
    this.#documents.set(url, document)
  }

  /** The document at a URL with its resources; it is fetched and checked at the first call. */
  root(url: string): SchemaRoot {
    const known = this.#roots.get(url)
    if (known) return known
    const document = this.#document(url)
    const root: SchemaRoot = { url, document, resources: new Map(), processed: new Set() }
    this.#collect(root, document, url, '', { draft: latestDraft, vocabularies: undefined })
    if (!/^https?:\/\/json-schema\.org\//.test(url)) this.#check(root, document, '')
    this.#roots.set(url, root)
    return root
  }

  /** Makes sure that ids and anchors at and below a pointer are known; it may point outside the known keywords. */
  ensureCollected(root: SchemaRoot, pointer: string): void {
    if (root.processed.has(pointer)) return
    const value = lookup(root, pointer)
    const base = resourceAt(root, pointer)
    this.#collect(root, value, base.id, pointer, base.dialect)
    this.#check(root, value, pointer)
  }

  #document(url: string): GoValue {
    const known = this.#documents.get(url)
    if (known !== undefined || this.#documents.has(url)) return known
    const meta = metaschemaAt(url)
    if (meta !== undefined) return meta
    let document: GoValue
    try {
      document = this.#load(url)
    } catch (error) {
      throw schemaError(`failing loading ${quote(url)}: ${errorText(error)}`)
    }
    this.#documents.set(url, document)
    return document
  }

  #collect(root: SchemaRoot, value: GoValue, base: string, pointer: string, fallback: Dialect): void {
    if (root.processed.has(pointer)) return
    if (value instanceof Map) this.#collectObject(root, value, base, pointer, fallback)
    else if (pointer === '') root.resources.set('', newResource('', base, fallback))
    root.processed.add(pointer)
  }

  #collectObject(root: SchemaRoot, object: GoMap, base: string, pointer: string, fallback: Dialect): void {
    let draft = this.#draftOf(object, fallback.draft, `${locationText(root.url, pointer)}`, root.url, pointer)
    let hasSchema = typeof object.get('$schema') === 'string'
    let id = idOf(object, draft)
    if (id === '' && pointer !== '') {
      draft = fallback.draft
      hasSchema = false
      id = idOf(object, draft)
    }
    let resourceId = base
    if (id !== '') resourceId = joinId(base, id, root.url, pointer)
    if (id !== '' || pointer === '') {
      const dialect = hasSchema ? { draft, vocabularies: this.#vocabularies(object, draft) } : fallback
      addResource(root, newResource(pointer, resourceId, dialect))
    }
    const resource = [...root.resources.values()].find((candidate) => candidate.id === resourceId)
    if (!resource) return
    collectAnchors(root, object, pointer, resource)
    for (const [childPointer, child] of subschemasOf(object, draft, pointer)) {
      this.#collect(root, child, resourceId, childPointer, resource.dialect)
    }
  }

  #draftOf(object: GoMap, fallback: Draft, at: string, rootUrl: string, pointer: string): Draft {
    const seen = new Set<string>()
    let current = object
    for (;;) {
      const schema = current.get('$schema')
      if (typeof schema !== 'string') return fallback
      const draft = draftOfUrl(schema)
      if (draft) return draft
      const { base } = splitUrl(schema)
      if (!isUrl(base)) throw schemaError(`invalid $schema in ${quote(at)}: parse ${quote(base)}: invalid URL`)
      if (pointer === '' && base === rootUrl) throw schemaError(`draft ${quote(base)} is not supported`)
      if (seen.has(base)) throw schemaError(`cycle in resolving $schema in ${quote(base)}`)
      seen.add(base)
      const next = this.#document(base)
      if (!(next instanceof Map)) return fallback
      current = next
    }
  }

  #vocabularies(object: GoMap, draft: Draft): readonly string[] | undefined {
    const schema = object.get('$schema')
    if (typeof schema !== 'string' || draftOfUrl(schema) || draft.version < 2019) return undefined
    const { base } = splitUrl(schema)
    const meta = this.#document(base)
    const listed = meta instanceof Map ? meta.get('$vocabulary') : undefined
    if (!(listed instanceof Map)) return undefined
    const names = new Set<string>()
    for (const [url, required] of listed) {
      if (required !== true) continue
      const name = String(url).startsWith(draft.vocabularyPrefix)
        ? String(url).slice(draft.vocabularyPrefix.length)
        : ''
      if (!draft.vocabularies.includes(name)) {
        throw schemaError(`unsupported vocabulary ${quote(String(url))} in ${quote(base)}`)
      }
      names.add(name)
    }
    names.add('core')
    return [...names]
  }
}

/** The resource that the pointer is in. */
export function resourceAt(root: SchemaRoot, pointer: string): Resource {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const resource = root.resources.get(at)
    if (resource) return resource
  }
  const resource = root.resources.get('')
  if (!resource) throw schemaError('unable to validate schema: document without root')
  return resource
}

/** The value at a pointer of a document. */
export function lookup(root: SchemaRoot, pointer: string): GoValue {
  let value = root.document
  for (const token of pointer.split('/').slice(1)) {
    const key = unescapeToken(token)
    if (key === undefined) throw schemaError(`invalid json-pointer ${quote(locationText(root.url, pointer))}`)
    if (value instanceof Map && value.has(key)) value = value.get(key)
    else if (Array.isArray(value) && /^\d+$/.test(key) && Number(key) < value.length) value = value[Number(key)]
    else throw schemaError(`json-pointer in ${quote(locationText(root.url, pointer))} not found`)
  }
  return value
}

/** The pointer that a fragment of a resource means: a JSON pointer or an anchor. */
export function resolveFragment(root: SchemaRoot, resource: Resource, fragment: string): string {
  if (fragment === '' || fragment.startsWith('/')) return resource.pointer + fragment
  const pointer = resource.anchors.get(fragment)
  if (pointer !== undefined) return pointer
  throw schemaError(`anchor in ${quote(locationText(resource.id, fragment))} not found in schema ${quote(root.url)}`)
}

/** The resource of this document with the given id. */
export function resourceById(root: SchemaRoot, id: string): Resource | undefined {
  if (id === root.url) return root.resources.get('')
  return [...root.resources.values()].find((resource) => resource.id === id)
}

function newResource(pointer: string, id: string, dialect: Dialect): Resource {
  return { pointer, id, dialect, anchors: new Map(), dynamicAnchors: new Set() }
}

function addResource(root: SchemaRoot, resource: Resource): void {
  const existing = [...root.resources.values()].find((candidate) => candidate.id === resource.id)
  if (!existing) root.resources.set(resource.pointer, resource)
  else if (existing.pointer !== resource.pointer) {
    throw schemaError(
      `duplicate id ${quote(resource.id)} in ${quote(root.url)} at ${quote(resource.pointer)} and ${quote(existing.pointer)}`,
    )
  }
}

function idOf(object: GoMap, draft: Draft): string {
  if (draft.version < 2019 && object.has('$ref')) return ''
  const id = object.get(draft.idKeyword)
  return typeof id === 'string' ? splitUrl(id).base : ''
}

function joinId(base: string, id: string, rootUrl: string, pointer: string): string {
  try {
    return joinUrl(base, id).url
  } catch {
    throw schemaError(`error in parsing id at ${quote(locationText(rootUrl, pointer))}`)
  }
}

function collectAnchors(root: SchemaRoot, object: GoMap, pointer: string, resource: Resource): void {
  const { version, idKeyword } = resource.dialect.draft
  const add = (anchor: string): void => {
    const existing = resource.anchors.get(anchor)
    if (existing !== undefined && existing !== pointer) {
      throw schemaError(
        `duplicate anchor ${quote(anchor)} in ${quote(root.url)} at ${quote(existing)} and ${quote(pointer)}`,
      )
    }
    resource.anchors.set(anchor, pointer)
  }
  if (version < 2019) {
    const id = object.get(idKeyword)
    if (object.has('$ref') || typeof id !== 'string') return
    const fragment = decodeFragment(splitUrl(id).fragment, id)
    if (fragment !== '' && !fragment.startsWith('/')) add(fragment)
    return
  }
  const anchor = object.get('$anchor')
  if (typeof anchor === 'string') add(anchor)
  const dynamic = object.get('$dynamicAnchor')
  if (version >= 2020 && typeof dynamic === 'string') {
    add(dynamic)
    resource.dynamicAnchors.add(dynamic)
  }
}

function* subschemasOf(object: GoMap, draft: Draft, pointer: string): Iterable<readonly [string, GoValue]> {
  for (const [keyword, holds] of draft.subschemas) {
    const value = object.get(keyword)
    const at = `${pointer}/${escapeToken(keyword)}`
    if (value === undefined) continue
    if (holds === 'one') yield [at, value]
    else if (holds === 'map' && value instanceof Map) {
      for (const [key, item] of value) yield [`${at}/${escapeToken(String(key))}`, item]
    } else if (holds === 'list' && Array.isArray(value)) {
      for (const [index, item] of value.entries()) yield [`${at}/${index}`, item]
    }
  }
}

function isUrl(text: string): boolean {
  return !/[\0-\x20\x7f]|%(?![0-9a-fA-F]{2})/.test(text)
}
