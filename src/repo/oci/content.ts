import { createHash } from 'node:crypto'
import { parseJson } from '../../encoding/index.ts'
import { fromBytes } from '../../go/index.ts'
import { repoError } from '../errors.ts'
import type { Descriptor } from './manifest.ts'

/** Most bytes that a descriptor may announce, as oras. */
const MAX_CONTENT_BYTES = 32 * 1024 * 1024

const encodedDigests: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

/** Throws, in the words of Go's go-digest, unless `digest` is one of a known algorithm. */
export function checkDigest(digest: string): void {
  const colon = digest.indexOf(':')
  if (colon <= 0 || colon + 1 === digest.length) throw repoError('DIGEST', 'invalid checksum digest format')
  const length = encodedDigests[digest.slice(0, colon)]
  if (length === undefined) {
    const isWellFormed = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/.test(digest)
    throw repoError('DIGEST', isWellFormed ? 'unsupported digest algorithm' : 'invalid checksum digest format')
  }
  const encoded = digest.slice(colon + 1)
  if (Buffer.byteLength(encoded) !== length) throw repoError('DIGEST', 'invalid checksum digest length')
  if (!/^[a-f0-9]+$/.test(encoded)) throw repoError('DIGEST', 'invalid checksum digest format')
}

/** Checks what was fetched against its descriptor; `limit` bounds what may be kept. As oras' content.ReadAll. */
export function checkContent(data: Uint8Array, descriptor: Descriptor, limit = MAX_CONTENT_BYTES): void {
  const { digest, size } = descriptor
  if (size < 0 || size > MAX_CONTENT_BYTES) throw repoError('DIGEST', 'invalid descriptor size')
  try {
    checkDigest(digest)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw repoError('DIGEST', `read failed: failed to validate ${digest}: ${why}`, error)
  }
  if (size > limit) {
    const text = `read failed: content size ${size} exceeds push size limit ${limit}: size exceeds limit`
    throw repoError('DIGEST', text)
  }
  if (data.length < size) {
    const read = `expected content size of ${size}, got ${data.length}, for digest ${digest}: unexpected EOF`
    throw repoError('DIGEST', `read failed: ${read}`)
  }
  if (data.length > size) throw repoError('DIGEST', 'trailing data')
  const algorithm = digest.slice(0, digest.indexOf(':'))
  const actual = `${algorithm}:${createHash(algorithm).update(data).digest('hex')}`
  if (actual !== digest) throw repoError('DIGEST', 'mismatched digest')
}

/** The media type of a Content-Type header, in lower case. Throws in the words of Go's mime.ParseMediaType. */
export function parseMediaType(header: string): string {
  const semicolon = header.indexOf(';')
  const full = semicolon < 0 ? header : header.slice(0, semicolon)
  const type = full.trim().toLowerCase()
  const [, first = '', slash, second = '', rest = ''] =
    /^([!#$%&'*+\-.^_`|~0-9a-z]*)(\/?)([!#$%&'*+\-.^_`|~0-9a-z]*)(.*)$/s.exec(type) ?? []
  if (first === '') throw repoError('REGISTRY', 'mime: no media type')
  if (slash === '' && second + rest !== '') {
    throw repoError('REGISTRY', 'mime: expected slash after first token')
  }
  if (slash !== '' && second === '') throw repoError('REGISTRY', 'mime: expected token after slash')
  if (rest !== '') throw repoError('REGISTRY', 'mime: unexpected content after media subtype')
  checkParameters(semicolon < 0 ? '' : header.slice(semicolon))
  return type
}

function checkParameters(text: string): void {
  const seen = new Set<string>()
  let rest = text.trimStart()
  while (rest !== '') {
    const match =
      /^;\s*([!#$%&'*+\-.^_`|~0-9a-zA-Z]+)\s*=\s*([!#$%&'*+\-.^_`|~0-9a-zA-Z]+|"(?:[^"\\\r\n]|\\.)*")\s*/.exec(rest)
    if (match === null) {
      // A semicolon at the end is forgiven.
      if (rest.trim() === ';') return
      throw repoError('REGISTRY', 'mime: invalid media parameter')
    }
    const name = (match[1] ?? '').toLowerCase()
    if (seen.has(name)) throw repoError('REGISTRY', 'mime: duplicate parameter name')
    seen.add(name)
    rest = rest.slice(match[0].length)
  }
}

/** As encoding/json words a value that does not fit the field `path` of `struct`, or the whole of it when `path` is empty. */
export function mistyped(value: unknown, path: string, type: string, struct: string): Error {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  const shown = typeof value === 'number' && type === 'int64' ? `number ${value}` : kind
  const place = path === '' ? 'value' : `struct field ${struct}.${path}`
  return repoError('REGISTRY', `json: cannot unmarshal ${shown} into Go ${place} of type ${type}`)
}

/** Most bytes that are read of an answer that is decoded, as oras. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** The JSON of an answer. Throws as a json.Decoder of Go, which says how a stream ended. */
export function decodeAnswer(answer: Uint8Array): unknown {
  const body = answer.subarray(0, MAX_ANSWER_BYTES)
  const text = Buffer.from(body).toString('utf8')
  if (text.trim() === '') throw repoError('REGISTRY', 'EOF')
  try {
    parseJson(fromBytes(body))
  } catch (error) {
    const isCut = error instanceof Error && error.message === 'unexpected end of JSON input'
    throw isCut ? repoError('REGISTRY', 'unexpected EOF', error) : error
  }
  return JSON.parse(text)
}
