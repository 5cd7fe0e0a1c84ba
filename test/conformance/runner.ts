import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** What became of one recorded case. `detail` is a short account of the difference or the reason for skipping. */
export interface CaseResult {
  readonly id: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly detail?: string
}

/** Runs the cases of one file and hands over each result as it comes. */
export type FamilyRunner = (file: string, report: (result: CaseResult) => void) => Promise<void> | void

/** Folder of the recordings beside the checkout. */
export const recordings = resolve(process.cwd(), '../shared/conformance')

/** Reads a JSON Lines file; CONFORMANCE_ONLY limits it to ids that start with that text. */
export function readLines<T extends { readonly id: string }>(file: string): T[] {
  const only = process.env.CONFORMANCE_ONLY ?? ''
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
    .filter(({ id }) => id.startsWith(only))
}

/** Family of a file: the folder below `conformance` that it is in. */
export function familyOf(file: string): string {
  return basename(dirname(file))
}

/** Case files that the given paths (files or folders) hold, in order. */
export function caseFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const full = resolve(path)
    if (!existsSync(full)) throw new Error(`no such file or folder: ${path}`)
    if (!statSync(full).isDirectory()) return [full]
    const names = readdirSync(full).sort()
    if (names.includes('README.md') && names.includes('replay.mjs')) {
      return caseFiles(names.map((name) => join(full, name)).filter((child) => statSync(child).isDirectory()))
    }
    return names.filter((name) => isCaseFile(basename(full), name)).map((name) => join(full, name))
  })
}

function isCaseFile(family: string, name: string): boolean {
  if (family === 'release' || family === 'kubectl' || family === 'api') return name.endsWith('.json')
  return name.endsWith('.jsonl')
}

/** Passed when both texts are equal, else failed with the first difference. */
export function compareText(id: string, what: string, actual: string, expected: string): CaseResult {
  return actual === expected
    ? { id, status: 'passed' }
    : { id, status: 'failed', detail: difference(what, actual, expected) }
}

/** The first line in which two texts differ, with its number. */
export function difference(what: string, actual: string, expected: string): string {
  const left = actual.split('\n')
  const right = expected.split('\n')
  const line = left.findIndex((text, index) => text !== right[index])
  const at = line < 0 ? left.length : line
  return `${what}, line ${at + 1}\n    got:  ${shorten(left[at])}\n    want: ${shorten(right[at])}`
}

/** Compares JSON values, whatever the order of keys. */
export function compareJson(id: string, what: string, actual: unknown, expected: unknown): CaseResult {
  return compareText(id, what, stableJson(actual), stableJson(expected))
}

/** JSON with sorted keys, for comparing. */
export function stableJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    1,
  )
}

/** The first failed result, or a passed one. */
export function firstFailure(id: string, results: readonly CaseResult[]): CaseResult {
  return results.find((result) => result.status === 'failed') ?? { id, status: 'passed' }
}

/** Runs a case; what it throws makes it fail. */
export function guarded(id: string, run: () => CaseResult): CaseResult {
  try {
    return run()
  } catch (error) {
    return { id, status: 'failed', detail: `threw ${error instanceof Error ? (error.stack ?? error.message) : error}` }
  }
}

function shorten(text: string | undefined): string {
  if (text === undefined) return '(nothing)'
  const shown = JSON.stringify(text)
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown
}
