import { repair, type RepairReport } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'
import { oneRelease } from './candidates.ts'
import { withSession } from './session.ts'

/** `release repair` */
export const repairCommand = defineCommand({
  path: 'release repair',
  usage: 'RELEASE_NAME',
  description: `Says what is wrong with the records of a release, and mends it: a revision that an ended process left pending is marked
as failed, so that the release can be upgraded, rolled back or uninstalled again; of several revisions that count as
deployed only the newest stays so; the lock of a dead process goes. Objects of the release are not touched.

A revision on which a process is at work is left alone, unless --force is given.`,
  examples: '$0 release repair web --dry-run\n$0 release repair web\n$0 release repair web --drop-damaged -o json',
  args: exactArgs(1),
  flags: {
    dropDamaged: boolFlag('delete records that cannot be read'),
    dryRun: boolFlag('only say what would be done'),
    force: boolFlag('mend also where a process may still be at work'),
    output: outputFlag,
  },
  complete: oneRelease,
  async run(ctx, [name = ''], flags) {
    const request = { name, dryRun: flags.dryRun, force: flags.force, dropDamaged: flags.dropDamaged }
    const report = await withSession(ctx, ({ ports }) => repair(ports, request, ctx.signal))
    if (flags.output === 'table') {
      for (const line of reportLines(report, flags.dryRun)) ctx.printLine(line)
      return
    }
    const value = { ...report, dryRun: flags.dryRun, findings: report.findings.map((finding) => ({ ...finding })) }
    printOutput(ctx, flags.output, { table: () => [], value: () => value })
  },
})

function reportLines({ name, findings }: RepairReport, dryRun: boolean): string[] {
  if (findings.length === 0) return [`Release ${JSON.stringify(name)} is in order.`]
  return findings.flatMap(({ text, remedy, mended }) => {
    const state = !mended ? 'left' : dryRun ? 'would be' : 'done'
    return [`${text}`, `  ${state}: ${remedy}`]
  })
}
