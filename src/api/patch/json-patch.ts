import { ApiValueError } from '../errors.ts'
import type { Json, JsonObject } from '../object.ts'
import { isJsonObject, jsonEqual, sortKeys } from './merge-patch.ts'

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op?: string
  readonly path?: string
  readonly from?: string
  readonly value?: Json
}

/**
 * Applies a JSON patch to a copy of `document`. Throws ApiValueError with the texts of the library that Kubernetes uses
 * (evanphx/json-patch v4): removing or replacing what is not there fails, as does a `test` that does not hold.
 */
export function applyJsonPatch(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const root: JsonObject = { '': structuredClone(document) }
  for (const operation of operations) applyOperation(root, operation)
  return sortTouched(root[''] ?? null, operations)
}

/** Sorts the keys of the objects that operations went through, as the library leaves them. */
function sortTouched(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const touched = new Set(operations.flatMap(({ path = '', from = '' }) => [...prefixes(path), ...prefixes(from)]))
  const visit = (value: Json, pointer: string): Json => {
    if (!touched.has(pointer) || !isJsonObject(value)) return value
    const out: JsonObject = {}
    for (const [key, member] of Object.entries(value)) out[key] = visit(member ?? null, `${pointer}/${key}`)
    return sortKeys(out)
  }
  return visit(document, '')
}

function prefixes(pointer: string): string[] {
  const parts = pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

function applyOperation(root: JsonObject, operation: JsonPatchOperation): void {
  const { path, value } = operation
  if (typeof path !== 'string') throw failure('missing path')
  switch (operation.op) {
    case 'add':
      add(root, path, value ?? null, 'add')
      return
    case 'remove':
      remove(root, path, 'remove')
      return
    case 'replace': {
      if (path === '') {
        replaceDocument(root, value)
        return
      }
      const place = locate(root, path)
      if (!place) throw failure(`replace operation does not apply: doc is missing path: ${path}: missing value`)
      // A missing field of an object is set, as the library does.
      if (Array.isArray(place.container) && read(place) === undefined)
        throw failure(`replace operation does not apply: doc is missing key: ${path}: missing value`)
      write(place, value ?? null)
      return
    }
    case 'move': {
      const from = operation.from ?? ''
      const place = locate(root, from)
      if (!place) throw failure(`move operation does not apply: doc is missing from path: ${from}: missing value`)
      const moved = read(place)
      remove(root, from, 'move')
      add(root, path, moved ?? null, 'move')
      return
    }
    case 'copy': {
      const from = operation.from ?? ''
      const place = locate(root, from)
      if (!place) throw failure(`copy operation does not apply: doc is missing from path: ${from}: missing value`)
      const copied = read(place)
      if (copied === undefined && Array.isArray(place.container))
        throw failure(
          `error in copy for from: '${from}': Unable to access invalid index: ${place.key}: invalid index referenced`,
        )
      add(root, path, structuredClone(copied ?? null), 'copy')
      return
    }
    case 'test': {
      const place = path === '' ? { container: root, key: '' } : locate(root, path)
      if (!place) throw failure(`test operation does not apply: doc is missing path: ${path}: missing value`)
      const found = read(place) ?? null
      if (!jsonEqual(found, value ?? null))
        throw new ApiValueError('PATCH_TEST_FAILED', `testing value ${path} failed: test failed`)
      return
    }
    default:
      throw failure(`Unexpected kind: ${operation.op ?? 'unknown'}`)
  }
}

/** The whole document may be replaced, by another object or list; no other operation but `test` takes it. */
function replaceDocument(root: JsonObject, value: Json | undefined): void {
  if (!Array.isArray(value) && !isJsonObject(value)) {
    throw failure('replace operation value must be object or array: %!w(<nil>)')
  }
  root[''] = value
}

interface Place {
  readonly container: JsonObject | Json[]
  readonly key: string
}

/**
 * The container that holds the last segment of a pointer; undefined when the way to it does not exist, or when the pointer
 * has no slash, such as the one of the whole document. What stands before the first slash does not count.
 */
function locate(root: JsonObject, pointer: string): Place | undefined {
  if (!pointer.includes('/')) return undefined
  const segments = pointer.split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
  const key = segments.pop() ?? ''
  let container: Json | undefined = root['']
  for (const segment of segments.slice(1)) {
    container = Array.isArray(container)
      ? container[Number(segment)]
      : isJsonObject(container)
        ? container[segment]
        : undefined
    if (container === undefined || container === null) return undefined
  }
  return Array.isArray(container) || isJsonObject(container) ? { container, key } : undefined
}

function read({ container, key }: Place): Json | undefined {
  if (!Array.isArray(container)) return container[key]
  return container[index(container, key)]
}

function write({ container, key }: Place, value: Json): void {
  if (Array.isArray(container)) container[index(container, key)] = value
  else container[key] = value
}

/** A negative index counts from the end: of the list, or of what it will be once the item is added. */
function index(list: readonly Json[], key: string, length = list.length): number {
  const at = /^-?\d+$/.test(key) ? Number(key) : Number.NaN
  if (Number.isNaN(at)) throw failure(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`)
  return at < 0 ? length + at : at
}

function add(root: JsonObject, path: string, value: Json, operation: string): void {
  const place = locate(root, path)
  if (!place)
    throw failure(`${operation} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`)
  const { container, key } = place
  if (!Array.isArray(container)) {
    container[key] = value
    return
  }
  const at = key === '-' ? container.length : index(container, key, container.length + 1)
  if (at < 0 || at > container.length) {
    throw failure(
      `error in ${operation} for path: '${path}': Unable to access invalid index: ${key}: invalid index referenced`,
    )
  }
  container.splice(at, 0, value)
}

function remove(root: JsonObject, path: string, operation: string): void {
  const place = locate(root, path)
  if (!place)
    throw failure(`${operation} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`)
  const { container, key } = place
  if (Array.isArray(container)) {
    const at = index(container, key)
    if (at < 0 || at >= container.length) {
      throw failure(
        `error in ${operation} for path: '${path}': Unable to access invalid index: ${key}: invalid index referenced`,
      )
    }
    container.splice(at, 1)
  } else if (container[key] === undefined) {
    throw failure(`error in ${operation} for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`)
  } else delete container[key]
}

function failure(message: string): ApiValueError {
  return new ApiValueError('BAD_PATCH', message)
}
