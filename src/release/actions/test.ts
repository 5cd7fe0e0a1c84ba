import { errorText } from '../../base/index.ts'
import { validateReleaseName } from '../../chart/index.ts'
import { containerLog, PODS } from '../../kube/index.ts'
import { releaseError } from '../errors.ts'
import { containersOf } from '../hooks/logs.ts'
import { hooksOf, type HookRound, startHooks } from '../hooks/run.ts'
import type { Release, ReleaseHook } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'

/** Which tests of a release run. */
export interface TestRequest {
  readonly name: string
  readonly timeoutMs: number
  /** Only these; empty: all. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** A round of tests: the release with their results; `shutdown` cleans up. */
export interface TestResult extends HookRound {
  readonly release: Release
}

/** Runs the test hooks of the newest revision and stores the results. A failed test is part of the result. */
export async function test(ports: ReleasePorts, request: TestRequest, signal?: AbortSignal): Promise<TestResult> {
  await ports.cluster.checkReachable(signal)
  try {
    validateReleaseName(request.name)
  } catch {
    throw releaseError('NAME_INVALID', `releaseTest: Release name is invalid: ${request.name}`)
  }
  const release = await ports.storage.last(request.name)
  const runs = (hook: ReleaseHook): boolean =>
    !request.exclude.includes(hook.name) && (request.include.length === 0 || request.include.includes(hook.name))
  const skipped = release.hooks.filter((hook) => !runs(hook))
  release.hooks = release.hooks.filter(runs)
  let round: HookRound
  try {
    round = await startHooks(ports, release, 'test', {
      waitStrategy: 'watcher',
      timeoutMs: request.timeoutMs,
      serverSide: release.applyMethod === 'ssa',
      signal,
    })
  } catch (error) {
    round = { error, shutdown: async () => undefined }
  }
  release.hooks = [...skipped, ...release.hooks]
  if (round.error === undefined) await ports.storage.update(release)
  else await ports.storage.update(release).catch(() => undefined)
  return { ...round, release }
}

/** Writes the logs of the tests' pods, init containers first; failures of single containers are reported at the end. */
export async function testLogs(
  ports: ReleasePorts,
  request: TestRequest,
  release: Release,
  write: (chunk: string | Uint8Array) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const hook of hooksOf(release, 'test')) {
    if (request.exclude.includes(hook.name)) continue
    if (request.include.length > 0 && !request.include.includes(hook.name)) continue
    await podLogs(ports, hook.name, write, signal)
  }
}

async function podLogs(
  ports: ReleasePorts,
  name: string,
  write: (chunk: string | Uint8Array) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { namespace } = ports
  const pod = await ports.cluster.client.get(PODS, { namespace, name }, { signal }).catch((error: unknown) => {
    throw releaseError('HOOK', `unable to get pod ${name}: ${errorText(error)}`, error)
  })
  const failures: string[] = []
  for (const container of [...containersOf(pod, 'initContainers'), ...containersOf(pod, 'containers')]) {
    let begun = false
    const begin = (): void => {
      if (!begun) write(`POD LOGS: ${name} (${container})\n`)
      begun = true
    }
    try {
      for await (const chunk of containerLog(ports.cluster.client, { namespace, name, container }, signal)) {
        begin()
        write(chunk)
      }
      begin()
      write('\n')
    } catch (error) {
      const what = begun ? 'unable to write logs' : 'unable to get logs'
      failures.push(`${what} for pod ${name}, container ${container}: ${errorText(error)}`)
    }
  }
  if (failures.length > 0) throw releaseError('HOOK', failures.join('\n'))
}
