import { basename, dirname, isAbsolute, join } from 'node:path'
import { createChart, createChartFrom, emptyMetadata } from '../../../chart/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { stringFlag } from '../../flags/define.ts'

/** `create` */
export const createCommand = defineCommand({
  path: 'create',
  usage: 'NAME',
  description: `Creates a folder with the usual files of a chart: Chart.yaml, values.yaml, templates for a Deployment with Service,
Ingress, HTTPRoute, autoscaler and service account, notes and a test.

NAME may be a path whose parent exists. Files that are there already are overwritten.`,
  examples: '$0 create mychart\n$0 create mychart --starter our-starter',
  args: exactArgs(1),
  flags: {
    starter: stringFlag('name (in the folder starters) or absolute path of a starter chart', '', { short: 'p' }),
  },
  complete: completeFiles(1),
  run(ctx, [path = ''], { starter }) {
    ctx.printLine(`Creating ${path}`)
    const name = basename(path)
    if (starter === '') {
      createChart(name, dirname(path), (message) => ctx.printLine(message))
      return
    }
    const metadata = {
      ...emptyMetadata(),
      name,
      description: 'A Helm chart for Kubernetes',
      type: 'application',
      version: '0.1.0',
      appVersion: '0.1.0',
      apiVersion: 'v2',
    }
    createChartFrom(
      metadata,
      dirname(path),
      isAbsolute(starter) ? starter : join(ctx.folders.data, 'starters', starter),
      { log: ctx.log.asLog() },
    )
  },
})
