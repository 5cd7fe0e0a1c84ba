import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Random } from '../base/index.ts'
import { fileError } from './errors.ts'

/** Reads a whole file; errors are worded as Go words them. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR'
    throw fileError(error, isFolder ? 'read' : 'open', path)
  }
}

/** Reads a text file. */
export function readText(path: string): string {
  return Buffer.from(readBytes(path)).toString('utf8')
}

/** Creates a folder and its parents, step by step as Go's MkdirAll, whose error names the step that failed. */
export function makeFolder(path: string): void {
  const found = statIfAny(path)
  if (found?.isDirectory() === true) return
  if (found !== undefined) throw fileError({ code: 'ENOTDIR' }, 'mkdir', path)
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  try {
    mkdirSync(path, { mode: 0o755 })
  } catch (error) {
    if (statIfAny(path)?.isDirectory() !== true) throw fileError(error, 'mkdir', path)
  }
}

function statIfAny(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Writes a file in one step: readers see the old or the new content, never a part. The folder must exist. */
export function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  options: { readonly mode: number; readonly random: Random },
): void {
  const suffix = Buffer.from(options.random.bytes(4)).readUInt32BE()
  const temporary = `${path}${suffix}`
  try {
    writeFileSync(temporary, data, { flag: 'wx' })
  } catch (error) {
    removeIfThere(temporary)
    throw fileError(error, isDiskFull(error) ? 'write' : 'open', temporary)
  }
  try {
    chmodSync(temporary, options.mode)
    renameSync(temporary, path)
  } catch (error) {
    removeIfThere(temporary)
    throw fileError(error, 'rename', path)
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // What could not be made cannot be removed either; the first error is the one to tell.
  }
}

function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(String((error as NodeJS.ErrnoException).code))
}

/** Makes the folder that a file is in. */
export function makeParent(path: string): void {
  makeFolder(dirname(path))
}
