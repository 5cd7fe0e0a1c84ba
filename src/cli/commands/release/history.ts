import { ansiTime, appVersionWords, chartWords, history, isZeroTime } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { intFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'
import { oneRelease } from './candidates.ts'
import { withSession } from './session.ts'

/** `history` */
export const historyCommand = defineCommand({
  path: 'history',
  usage: 'RELEASE_NAME',
  description: 'Lists the revisions of a release, oldest first.',
  examples: '$0 history web\n$0 history web --max 5 -o json',
  args: exactArgs(1),
  flags: { max: intFlag('most revisions to list', 256), output: outputFlag },
  complete: oneRelease,
  async run(ctx, [name = ''], flags) {
    const revisions = await withSession(ctx, ({ ports }) => history(ports, { name, max: flags.max }, ctx.signal))
    printOutput(ctx, flags.output, {
      table: () => [
        ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'],
        ...revisions.map((release) => [
          String(release.version),
          ansiTime(release.info.lastDeployed),
          release.info.status,
          chartWords(release),
          appVersionWords(release),
          release.info.description,
        ]),
      ],
      value: () =>
        revisions.map((release) => ({
          revision: release.version,
          ...(isZeroTime(release.info.lastDeployed) ? {} : { updated: release.info.lastDeployed }),
          status: release.info.status,
          chart: chartWords(release),
          app_version: appVersionWords(release),
          description: release.info.description,
        })),
    })
  },
})
