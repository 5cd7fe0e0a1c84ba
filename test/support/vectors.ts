import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { GoValue } from '../../src/go/index.ts'

/** One recorded case: an id and whatever its family holds. */
export interface Vector {
  readonly id: string
  readonly [field: string]: unknown
}

const ROOT = resolve(import.meta.dirname, '../../../shared/conformance')

/** Reads a file of recorded cases, such as `yaml/emit.jsonl`; undefined when the recordings are not on this machine. */
export function readVectors(path: string): Vector[] | undefined {
  const file = resolve(ROOT, path)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Vector)
}

/** A comparable, readable form of a value: Maps as objects with sorted keys. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) {
    const entries = [...value].map(([key, member]) => [String(key), plain(member)] as const)
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  return Array.isArray(value) ? value.map(plain) : value
}

/** A JSON value as Go's encoding/json reads it into `interface{}`. */
export function fromPlain(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(fromPlain)
  if (typeof value !== 'object' || value === null) return value as GoValue
  return new Map(Object.entries(value).map(([key, member]) => [key, fromPlain(member)]))
}

/** The result of `run`, or the text of what it throws under the key `thrown`. */
export function attempt<T>(run: () => T): T | { readonly thrown: string } {
  try {
    return run()
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) }
  }
}
