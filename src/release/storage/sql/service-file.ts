import { readFileSync } from 'node:fs'
import { errorText } from '../../../base/index.ts'
import { releaseError, type ReleaseError } from '../../errors.ts'

/**
 * The parameters that a service file (`[name]`, then a `name=value` a line; `#` begins a comment) has for a service.
 * As lib/pq reads them, in its words.
 */
export function serviceParameters(path: string, service: string): Record<string, string> {
  const lines = linesOf(path)
  const start = lines.findIndex((line) => headOf(line) === service)
  if (start < 0) throw failure(`definition of service ${JSON.stringify(service)} not found`)
  const given: Record<string, string> = {}
  for (const [index, line] of lines.entries()) {
    if (index <= start || line === '' || line.startsWith('#')) continue
    if (headOf(line) !== undefined) break
    const [, name, value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? []
    const where = `in ${JSON.stringify(line)}`
    if (name === undefined) throw failure(`line ${index + 1}: missing '=' ${where}`)
    if (name.trim() === '') throw failure(`line ${index + 1}: no value before '=' ${where}`)
    given[name.trim()] = value.trim()
  }
  return given
}

/** The service that a line begins; undefined for other lines. */
function headOf(line: string): string | undefined {
  return line.startsWith('[') && line.endsWith(']') ? line.slice(1, -1).trim() : undefined
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw failure(`service file ${JSON.stringify(path)} not found`)
    const words = code === 'EACCES' ? 'permission denied' : code === 'EISDIR' ? 'is a directory' : errorText(error)
    throw failure(`${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${words}`)
  }
}

function failure(message: string): ReleaseError {
  return releaseError('STORAGE', `pq: ${message}`)
}
