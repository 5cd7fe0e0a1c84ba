import { writeFileSync } from 'node:fs'
import { fileSystemError } from '../../../chart/index.ts'
import type { SavedPlan } from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import { stringFlag } from '../../flags/define.ts'
import { changesText } from '../diff/view.ts'

/** `-o FILE` of the plan commands. */
export const planFileFlag = stringFlag('file to save the plan in, readable by you only', '', { short: 'o' })

/** Shows what a plan would change, and saves it. */
export function writePlan(ctx: CliContext, plan: SavedPlan, file: string): void {
  ctx.printLine(changesText(ctx, plan.changes))
  if (file === '') return
  try {
    writeFileSync(file, `${JSON.stringify(plan, undefined, 1)}\n`, { mode: 0o600 })
  } catch (error) {
    throw fileSystemError(error, 'open', file)
  }
  ctx.printLine(`Saved in ${file}; carry it out with: ${ctx.program} apply ${file}`)
}
