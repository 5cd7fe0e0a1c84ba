import { errorText } from '../../base/index.ts'
import {
  buildResources,
  createAll,
  createWaiter,
  deleteAll,
  joinFailures,
  type ResourceInfo,
  type WaitStrategy,
} from '../../kube/index.ts'
import type { HookEvent } from '../../manifest/index.ts'
import { wrapped } from '../errors.ts'
import type { Release, ReleaseHook } from '../model.ts'
import { deployOptions, type ReleasePorts } from '../ports.ts'
import { recordQuietly } from '../storage/record-quietly.ts'
import { recordTime } from '../time.ts'
import { outputHookLogs } from './logs.ts'

/** How hooks run. */
export interface HookOptions {
  readonly waitStrategy: WaitStrategy
  readonly timeoutMs: number
  readonly serverSide: boolean
  readonly signal?: AbortSignal | undefined
}

/** The end of a round of hooks: what is deleted afterwards is deleted by `shutdown`. */
export interface HookRound {
  /** The failure of the hook that ended the round; undefined: all succeeded. */
  readonly error: unknown
  /** Shows logs and deletes hooks by their policies. */
  shutdown(): Promise<void>
}

/** Hooks of an event in the order in which they run: by weight, then name; kinds in install order before that. */
export function hooksOf(release: Release, event: HookEvent): ReleaseHook[] {
  const hooks = release.hooks.flatMap((hook) => hook.events.filter((one) => one === event).map(() => hook))
  return hooks.sort((a, b) => a.weight - b.weight || compareNames(a.name, b.name))
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Runs the hooks of an event one after the other and cleans up after them. As Helm's execHook. */
export async function runHooks(
  ports: ReleasePorts,
  release: Release,
  event: HookEvent,
  options: HookOptions,
): Promise<void> {
  const round = await startHooks(ports, release, event, options)
  await round.shutdown()
  if (round.error !== undefined) throw round.error
}

/**
 * Runs the hooks of an event; the caller runs `shutdown` when it has done what needs the hooks' objects (such as reading
 * the logs of tests). Rejects when a hook could not be started. As Helm's execHookWithDelayedShutdown.
 */
export async function startHooks(
  ports: ReleasePorts,
  release: Release,
  event: HookEvent,
  options: HookOptions,
): Promise<HookRound> {
  const hooks = hooksOf(release, event)
  for (const [index, hook] of hooks.entries()) {
    if (hook.deletePolicies.length === 0) hook.deletePolicies = ['before-hook-creation']
    await deleteByPolicy(ports, release, hook, 'before-hook-creation', options)
    const error = await runHook(ports, release, event, hook, options)
    if (error === undefined) continue
    if (options.signal?.aborted === true) return { error, shutdown: async () => undefined }
    return { error, shutdown: () => afterFailure(ports, release, hook, hooks.slice(0, index), options) }
  }
  return { error: undefined, shutdown: () => afterSuccess(ports, release, hooks, options) }
}

async function runHook(
  ports: ReleasePorts,
  release: Release,
  event: HookEvent,
  hook: ReleaseHook,
  options: HookOptions,
): Promise<unknown> {
  let infos: ResourceInfo[]
  try {
    infos = await build(ports, release, hook, true, options)
  } catch (error) {
    throw wrapped('HOOK', `unable to build kubernetes object for ${event} hook ${hook.path}`, error)
  }
  const now = () => recordTime(ports.clock.nowMs())
  // How a hook ends that nobody waits for any more is unknown, as Helm records it; it is left alone.
  const isInterrupted = () => options.signal?.aborted === true
  hook.lastRun = { startedAt: now(), completedAt: '', phase: 'Running' }
  await recordQuietly(ports, release)
  hook.lastRun.phase = 'Unknown'
  try {
    const nothing = infos.length === 0 && ports.cluster.mapper.inert === true
    if (!nothing) await createAll(ports.cluster.client, infos, deployOptions(ports, options))
  } catch (error) {
    if (isInterrupted()) return error
    hook.lastRun.completedAt = now()
    hook.lastRun.phase = 'Failed'
    throw wrapped('HOOK', `warning: Hook ${event} ${hook.path} failed`, error)
  }
  try {
    await createWaiter(ports.cluster.client, options.waitStrategy).waitForHook(infos, waitOptions(ports, options))
  } catch (error) {
    if (isInterrupted()) return error
    hook.lastRun.completedAt = now()
    hook.lastRun.phase = 'Failed'
    await showLogs(ports, release, hook, 'hook-failed', options)
    return error
  }
  hook.lastRun.completedAt = now()
  hook.lastRun.phase = 'Succeeded'
  return undefined
}

async function showLogs(
  ports: ReleasePorts,
  release: Release,
  hook: ReleaseHook,
  policy: string,
  options: HookOptions,
): Promise<void> {
  try {
    await outputHookLogs(ports, release, hook, policy, options.signal)
  } catch (error) {
    ports.log({ level: 'INFO', message: `error outputting logs for hook failure: ${errorText(error)}`, attributes: [] })
  }
}

async function afterFailure(
  ports: ReleasePorts,
  release: Release,
  failed: ReleaseHook,
  earlier: readonly ReleaseHook[],
  options: HookOptions,
): Promise<void> {
  try {
    await deleteByPolicy(ports, release, failed, 'hook-failed', options)
  } catch (error) {
    const message = `error deleting the hook resource on hook failure: ${errorText(error)}`
    ports.log({ level: 'INFO', message, attributes: [] })
  }
  for (const hook of earlier) await deleteByPolicy(ports, release, hook, 'hook-succeeded', options)
}

async function afterSuccess(
  ports: ReleasePorts,
  release: Release,
  hooks: readonly ReleaseHook[],
  options: HookOptions,
): Promise<void> {
  for (const hook of [...hooks].reverse()) {
    await showLogs(ports, release, hook, 'hook-succeeded', options)
    await deleteByPolicy(ports, release, hook, 'hook-succeeded', options)
  }
}

/** Deletes the hook's object when its policies say so, and waits until it is gone. CRDs are never deleted. */
async function deleteByPolicy(
  ports: ReleasePorts,
  release: Release,
  hook: ReleaseHook,
  policy: string,
  options: HookOptions,
): Promise<void> {
  if (hook.kind === 'CustomResourceDefinition' || !hook.deletePolicies.includes(policy)) return
  let infos: ResourceInfo[]
  try {
    infos = await build(ports, release, hook, false, options)
  } catch (error) {
    throw wrapped('HOOK', `unable to build kubernetes object for deleting hook ${hook.path}`, error)
  }
  const { client, mapper } = ports.cluster
  if (mapper.inert === true) return
  const errors = await deleteAll(client, infos, 'Background', deployOptions(ports, options))
  if (errors.length > 0) throw joinFailures(errors, '; ')
  await createWaiter(client, options.waitStrategy).waitForDelete(infos, waitOptions(ports, options))
}

function build(
  ports: ReleasePorts,
  release: Release,
  hook: ReleaseHook,
  validate: boolean,
  options: HookOptions,
): Promise<ResourceInfo[]> {
  const { signal } = options
  return buildResources(ports.cluster.mapper, hook.manifest, { namespace: release.namespace, validate, signal })
}

function waitOptions(ports: ReleasePorts, options: HookOptions) {
  return {
    clock: ports.clock,
    timeoutMs: options.timeoutMs,
    onProgress: ports.onWaiting,
    failFast: ports.failFast,
    onError: (message: string, attributes: Readonly<Record<string, string>>) =>
      ports.log({ level: 'ERROR', message, attributes: Object.entries(attributes) }),
    signal: options.signal,
  }
}
