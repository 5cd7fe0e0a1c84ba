import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { errorText } from '../../../base/index.ts'
import {
  emptyIndex,
  indexFolder,
  type IndexFile,
  loadIndexFile,
  mergeIndex,
  rfc3339Nano,
  sortIndex,
  writeIndex,
} from '../../../repo/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'

/** `repo index` */
export const repoIndex = defineCommand({
  path: 'repo index',
  usage: '[DIR]',
  description: `Reads the packed charts in a folder and writes index.yaml there, which makes the folder a chart repository.

With --merge the charts of another index are kept; what the folder has wins.`,
  examples: '$0 repo index charts/ --url https://charts.example.com\n$0 repo index charts/ --merge old-index.yaml',
  args: exactArgs(1),
  complete: completeFiles(1),
  flags: {
    json: boolFlag('write JSON'),
    merge: stringFlag('merge into this index'),
    url: stringFlag('URL of the repository'),
  },
  run(ctx, [folder = ''], { json, merge, url }) {
    const path = resolve(folder)
    const now = rfc3339Nano(ctx.host.clock.nowMs())
    const options = { json, random: ctx.host.random }
    const index = indexFolder(path, url, now, ctx.log.asLog())
    if (merge !== '') {
      if (existsSync(merge)) mergeIndex(index, mergeSource(merge, ctx.log.asLog()), ctx.log.asLog())
      else writeIndex(emptyIndex(now), merge, options)
    }
    sortIndex(index)
    writeIndex(index, join(path, 'index.yaml'), options)
  },
})

function mergeSource(path: string, log: Parameters<typeof loadIndexFile>[1]): IndexFile {
  try {
    return loadIndexFile(path, log)
  } catch (error) {
    throw commandFailed(`merge failed: ${errorText(error)}`, error)
  }
}
