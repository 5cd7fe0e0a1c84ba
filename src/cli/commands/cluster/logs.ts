import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { clusterNotFound } from '../../bundled/errors.ts'
import { filesOf } from '../../bundled/ensure.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { boolFlag, intFlag } from '../../flags/define.ts'

const CHUNK_BYTES = 64 * 1024
const FOLLOW_POLL_MS = 200

/** `cluster logs`: what the cluster's process wrote. */
export const clusterLogs = defineCommand({
  path: 'cluster logs',
  usage: '[NAME]',
  description: "Prints the log of a bundled cluster's process.",
  examples: '$0 cluster logs --tail 50 --follow',
  args: maxArgs(1),
  flags: {
    follow: boolFlag('go on printing until interrupted', false, { short: 'f' }),
    tail: intFlag('print only this many last lines; -1 prints all', -1),
  },
  async run(ctx, [name], flags) {
    const files = filesOf(ctx.env, name)
    const file = await open(files.logFile, 'r').catch(() => {
      throw clusterNotFound(files.name, files.folder)
    })
    try {
      const text = (await file.readFile()).toString('utf8')
      ctx.print(flags.tail < 0 ? text : lastLines(text, flags.tail))
      let position = Buffer.byteLength(text)
      const buffer = Buffer.alloc(CHUNK_BYTES)
      while (flags.follow && !ctx.signal.aborted) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
        position += bytesRead
        if (bytesRead > 0) ctx.print(buffer.subarray(0, bytesRead))
        else await sleep(FOLLOW_POLL_MS, undefined, { signal: ctx.signal }).catch(() => undefined)
      }
    } finally {
      await file.close()
    }
  },
})

function lastLines(text: string, count: number): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return count === 0
    ? ''
    : lines
        .slice(-count)
        .map((line) => `${line}\n`)
        .join('')
}
