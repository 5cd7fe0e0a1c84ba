import { errorText } from '../../../base/index.ts'
import { test, testLogs, type TestRequest } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag } from '../../flags/define.ts'
import { testFilterFlag, timeoutFlag } from '../../flags/deploy.ts'
import { oneRelease } from './candidates.ts'
import { printRelease } from './release-view.ts'
import { withSession } from './session.ts'

/** `test` */
export const testCommand = defineCommand({
  path: 'test',
  usage: '[RELEASE]',
  description: "Runs the tests of a release: the hooks of its chart with the annotation 'helm.sh/hook: test'.",
  examples: "$0 test web --logs\n$0 test web --filter name=web-smoke --filter '!name=web-slow'",
  args: exactArgs(1),
  flags: {
    filter: testFilterFlag,
    logs: boolFlag("print the logs of the tests' pods, before they are cleaned up"),
    timeout: timeoutFlag,
  },
  complete: oneRelease,
  async run(ctx, [name = ''], flags) {
    const request: TestRequest = {
      name,
      timeoutMs: flags.timeout,
      include: flags.filter.flatMap((text) => (text.startsWith('name=') ? [text.slice('name='.length)] : [])),
      exclude: flags.filter.flatMap((text) => (NOT_NAME.test(text) ? [text.replace(NOT_NAME, '')] : [])),
    }
    await withSession(ctx, async ({ ports, settle }) => {
      const result = await test(ports, request, ctx.signal)
      settle()
      const failures: unknown[] = result.error === undefined ? [] : [result.error]
      try {
        printRelease(ctx, 'table', result.release, { debug: ctx.settings.debug, hideNotes: true })
        if (flags.logs) {
          ctx.printLine('')
          await testLogs(ports, request, result.release, ctx.print, ctx.signal).catch((error: unknown) =>
            failures.push(error),
          )
        }
      } finally {
        await result.shutdown().catch((error: unknown) => {
          if (failures.length === 0) failures.push(error)
        })
      }
      if (failures.length > 0) throw commandFailed(failures.map(errorText).join('\n'), failures[0])
    })
  },
})

const NOT_NAME = /^!\s?name=/
