import { statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileError, repoError } from '../errors.ts'

/** The folder that a `file://` repository (or a path relative to the chart) names. As Helm's `resolver.GetLocalPath`. */
export function localPath(repository: string, chartFolder: string): string {
  const path = repository.replace(/^file:\/\//, '')
  const folder = isAbsolute(path) ? resolve(path) : join(chartFolder, path)
  try {
    statSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw repoError('DEPENDENCY', `directory ${folder} not found`)
    throw fileError(error, 'stat', folder)
  }
  return folder
}
