import type { DryRun } from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import { parseGoBool } from '../../environment.ts'
import { commandFailed } from '../../errors.ts'

/** What `--dry-run` means: the bare flag and boolean values are old forms, with a warning. */
export function dryRunStrategy(ctx: CliContext, value: string): DryRun {
  if (value === 'unset') {
    ctx.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'")
    return 'client'
  }
  if (value === 'client' || value === 'server' || value === 'none') return value
  const bool = parseGoBool(value)
  if (bool === undefined) {
    throw commandFailed(`invalid dry-run value (${JSON.stringify(value)}). Must be "none", "server", or "client"`)
  }
  const strategy = bool ? 'client' : 'none'
  ctx.warn(`boolean '--dry-run=${value}' flag is deprecated and must be replaced with '--dry-run=${strategy}'`)
  return strategy
}
