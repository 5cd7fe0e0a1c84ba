import { join } from 'node:path'
import { listDependencies } from '../../../repo/index.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { uintFlag } from '../../flags/define.ts'
import { formatTable } from '../../output/table.ts'
import { cleanPath } from './flags.ts'

/** `dependency list` */
export const dependencyList = defineCommand({
  path: 'dependency list',
  usage: 'CHART',
  description:
    'Lists the dependencies of a chart (a folder or an archive) and whether charts/ has them. It changes nothing.',
  examples: '$0 dependency list ./chart',
  args: maxArgs(1),
  flags: { maxColWidth: uintFlag('widest column of the table', 80) },
  run(ctx, [folder = '.'], { maxColWidth }) {
    const path = cleanPath(folder)
    const listed = listDependencies(path, ctx.log.asLog())
    if (listed === undefined) return ctx.printLine(`WARNING: no dependencies at ${join(path, 'charts')}`)
    const rows = listed.dependencies.map((item) => [item.name, item.version, item.repository, item.status])
    ctx.printLine(formatTable([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...rows], { maxColumnWidth: maxColWidth }))
    ctx.print('\n')
    for (const warning of listed.warnings) ctx.printLine(warning)
  },
})
