import { accessSync, constants } from 'node:fs'
import type { EnvVars } from './environment.ts'

/** The names of the drivers that keep releases' records; absent or empty is `secret`. */
const driverNames = ['', 'secret', 'secrets', 'configmap', 'configmaps', 'memory', 'sql']

/**
 * Why no command can run with the HELM_DRIVER of the environment; undefined when one can. Helm prepares its storage before
 * any command, so also those end that store nothing.
 */
export function driverProblem(env: EnvVars): string | undefined {
  const name = env.HELM_DRIVER ?? ''
  if (!driverNames.includes(name)) return `unknown driver ${JSON.stringify(name)}`
  if (name !== 'memory') return undefined
  const missing = (env.HELM_MEMORY_DRIVER_DATA ?? '').split(':').find((path) => !isReadable(path))
  return missing === undefined
    ? undefined
    : `Unable to read memory driver dataopen ${missing}: no such file or directory`
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}
