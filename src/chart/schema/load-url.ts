import { readFileSync } from 'node:fs'
import type { Log } from '../../base/index.ts'
import { type GoValue, quote } from '../../go/index.ts'
import { fileSystemError } from '../load/file-errors.ts'
import { parseSchemaDocument } from './json.ts'
import { type LoadSchemaUrl, schemaError } from './resources.ts'

/** Fetches the text of an http or https URL, at once. Throws with Go's text. */
export type FetchSchemaText = (url: string) => Uint8Array

/** How schemas are read and reported. */
export interface SchemaOptions {
  /** Fetches http and https references; absent: they fail. */
  readonly fetch?: FetchSchemaText | undefined
  readonly log?: Log | undefined
}

/** One warning per URN and process, as Helm. */
const warnedUrns = new Set<string>()

/**
 * How references to other documents are followed. As Helm 4.2: files are read, http and https are fetched (by the function
 * handed in), a URN that nobody resolves counts as `true` after one warning, other schemes are refused.
 */
export function schemaUrlLoader(options: SchemaOptions): LoadSchemaUrl {
  return (url) => {
    const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase()
    if (scheme === 'file') return readFile(url)
    if (scheme === 'urn') return permissive(url, options.log)
    if ((scheme === 'http' || scheme === 'https') && options.fetch) return parseSchemaDocument(options.fetch(url))
    if (scheme === 'http' || scheme === 'https') {
      throw schemaError(`HTTP request failed for ${url}: Get ${quote(url)}: no network is used here`)
    }
    throw schemaError(`no URLLoader registered for ${quote(url)}`)
  }
}

function readFile(url: string): GoValue {
  const path = decodeURIComponent(url.replace(/^file:(?:\/\/[^/]*)?/i, ''))
  try {
    return parseSchemaDocument(readFileSync(path))
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'syscall' in error) throw fileSystemError(error, 'open', path)
    throw error
  }
}

function permissive(urn: string, log: Log | undefined): GoValue {
  if (!warnedUrns.has(urn)) {
    warnedUrns.add(urn)
    const message = 'unresolved URN reference ignored; using permissive schema'
    log?.({ level: 'WARN', message, attributes: [['urn', urn]] })
  }
  return true
}
