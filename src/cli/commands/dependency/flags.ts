import { normalize } from 'node:path'
import type { DependencyRequest, VerifyMode } from '../../../repo/index.ts'
import type { CliContext } from '../../context.ts'
import { type ConnectionFlags, connectionFlags, keyringFlag } from '../../flags/chart.ts'
import { boolFlag } from '../../flags/define.ts'
import { fetchOptions } from '../../repositories.ts'

/** Flags of `dependency build` and `dependency update`. */
export const dependencyFlags = {
  ...connectionFlags,
  keyring: keyringFlag,
  skipRefresh: boolFlag('use the cached indexes of the repositories as they are'),
  verify: boolFlag('check the signatures of what is downloaded'),
} as const

/** What those flags gave. */
export interface DependencyFlags extends ConnectionFlags {
  readonly keyring: string
  readonly skipRefresh: boolean
}

/** The request they make, for the chart in `folder`. */
export function dependencyRequest(
  ctx: CliContext,
  folder: string,
  flags: DependencyFlags,
  verify: VerifyMode,
): DependencyRequest {
  return {
    chartFolder: cleanPath(folder),
    skipRefresh: flags.skipRefresh,
    verify,
    keyring: flags.keyring,
    fetch: fetchOptions(flags),
    print: (line) => ctx.printLine(line),
    debug: ctx.settings.debug,
  }
}

/** A path without `./`, doubled or trailing slashes. */
export function cleanPath(path: string): string {
  const clean = normalize(path)
  return clean.length > 1 ? clean.replace(/\/$/, '') : clean
}
