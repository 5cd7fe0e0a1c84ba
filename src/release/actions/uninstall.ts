import { validateReleaseName } from '../../chart/index.ts'
import { errorText } from '../../base/index.ts'
import {
  buildResources,
  joinFailures,
  type Propagation,
  RESOURCE_POLICY,
  type ResourceInfo,
  type WaitStrategy,
} from '../../kube/index.ts'
import { sortManifests, splitManifests, uninstallOrder, type Manifest } from '../../manifest/index.ts'
import { hasReleaseCode, releaseError, wrapped } from '../errors.ts'
import { execute, type ExecuteOptions } from '../execute/execute.ts'
import { type Gate, OPEN_GATE, withLock } from '../lock/guard.ts'
import { byRevision, type Release } from '../model.ts'
import type { Plan, Step } from '../plan/model.ts'
import { debugLog, type ReleasePorts } from '../ports.ts'
import { recordTime } from '../time.ts'
import { causeOf } from './failure.ts'

/** An uninstall. */
export interface UninstallRequest {
  readonly name: string
  readonly dryRun: boolean
  readonly ignoreNotFound: boolean
  /** Keep the records, marked as uninstalled. */
  readonly keepHistory: boolean
  readonly disableHooks: boolean
  readonly waitStrategy: WaitStrategy
  readonly timeoutMs: number
  readonly cascade: 'background' | 'foreground' | 'orphan'
  /** Empty: the usual description. */
  readonly description: string
}

/** What an uninstall did. */
export interface UninstallResult {
  readonly release: Release
  /** What was kept by policy, for the user; empty: nothing. */
  readonly info: string
}

/** Removes a release; undefined when it does not exist and that is fine. */
export async function uninstall(
  ports: ReleasePorts,
  request: UninstallRequest,
  signal?: AbortSignal,
): Promise<UninstallResult | undefined> {
  if (request.dryRun) return uninstallUnlocked(ports, request, signal)
  const target = { name: request.name, operation: 'uninstall' } as const
  return withLock(ports, target, signal, (own, gate, guarded) => uninstallUnlocked(own, request, guarded, gate))
}

/** As `uninstall`, for operations that hold the lock. A living holder does not keep it from running, as in Helm. */
export async function uninstallUnlocked(
  ports: ReleasePorts,
  request: UninstallRequest,
  signal?: AbortSignal,
  gate: Gate = OPEN_GATE,
): Promise<UninstallResult | undefined> {
  await ports.cluster.checkReachable(signal)
  ports.cluster.anticipateDiscovery(signal)
  if (request.dryRun) return dryRun(ports, request)
  const { name } = request
  try {
    validateReleaseName(name)
  } catch {
    throw releaseError('NAME_INVALID', `uninstall: Release name is invalid: ${name}`)
  }
  await gate.pass()
  let revisions: Release[]
  try {
    revisions = (await ports.storage.history(name)).sort(byRevision)
  } catch (error) {
    if (request.ignoreNotFound) return undefined
    throw wrapped('RELEASE_NOT_FOUND', `uninstall: Release not loaded: ${name}`, error)
  }
  const release = revisions.at(-1)
  if (release === undefined) throw releaseError('RELEASE_NOT_FOUND', 'no release provided')
  if (release.info.status === 'uninstalled') return alreadyGone(ports, request, revisions, release)
  return remove(ports, request, revisions, release, signal)
}

/** Decides what an uninstall would do, without changing anything. */
export async function planUninstall(
  ports: ReleasePorts,
  request: UninstallRequest,
  signal?: AbortSignal,
): Promise<Plan> {
  await ports.cluster.checkReachable(signal)
  const release = await ports.storage.last(request.name).catch((error: unknown) => {
    throw wrapped('RELEASE_NOT_FOUND', `uninstall: Release not loaded: ${request.name}`, error)
  })
  const gone = release.info.status === 'uninstalled'
  const { doomed } = gone ? { doomed: [] } : await sortOut(ports, release, signal)
  const hooks: Step[] =
    gone || request.disableHooks
      ? []
      : (['pre-delete', 'post-delete'] as const).map((event) => ({ type: 'hooks', event, failure: '' }))
  const steps: Step[] = [...hooks, { type: 'delete', objects: doomed, propagation: propagationOf(request.cascade) }]
  return { operation: 'uninstall', release, previous: release, prepare: [], steps }
}

async function dryRun(ports: ReleasePorts, request: UninstallRequest): Promise<UninstallResult | undefined> {
  try {
    return { release: await ports.storage.last(request.name), info: '' }
  } catch (error) {
    if (request.ignoreNotFound && hasReleaseCode(error, 'RELEASE_NOT_FOUND')) return undefined
    throw error
  }
}

async function alreadyGone(
  ports: ReleasePorts,
  request: UninstallRequest,
  revisions: readonly Release[],
  release: Release,
): Promise<UninstallResult> {
  if (request.keepHistory) {
    throw releaseError('RELEASE_NOT_FOUND', `the release named ${JSON.stringify(request.name)} is already deleted`)
  }
  await purge(ports, revisions)
  return { release, info: '' }
}

async function purge(ports: ReleasePorts, revisions: readonly Release[]): Promise<void> {
  try {
    for (const { name, version } of revisions) await ports.storage.delete(name, version)
  } catch (error) {
    throw wrapped('STORAGE', 'uninstall: Failed to purge the release', error)
  }
}

async function remove(
  ports: ReleasePorts,
  request: UninstallRequest,
  revisions: readonly Release[],
  release: Release,
  signal: AbortSignal | undefined,
): Promise<UninstallResult> {
  const options: ExecuteOptions = {
    serverSide: true,
    forceConflicts: false,
    forceReplace: false,
    waitStrategy: request.waitStrategy,
    timeoutMs: request.timeoutMs,
    signal,
  }
  debugLog(ports, 'uninstall: deleting release', { name: request.name })
  release.info.status = 'uninstalling'
  release.info.deleted = recordTime(ports.clock.nowMs())
  release.info.description = 'Deletion in progress (or silently failed)'
  const errors: unknown[] = []
  const run = async (steps: readonly Step[]): Promise<unknown> => {
    const plan: Plan = { operation: 'uninstall', release, previous: undefined, prepare: [], steps }
    return execute(ports, plan, steps, options).then(() => undefined, causeOf)
  }
  if (!request.disableHooks) {
    const failure = await run([{ type: 'hooks', event: 'pre-delete', failure: '' }])
    if (failure !== undefined) throw failure
  }
  // What is to be deleted is found while the record is written; the deletions wait for both.
  const stored = update(ports, release)
  const { doomed, kept } = await sortOut(ports, release, signal).finally(() => stored)
  if (doomed.length > 0) {
    const failure = await run([{ type: 'delete', objects: doomed, propagation: propagationOf(request.cascade) }])
    if (failure !== undefined) {
      debug(ports, 'uninstall: Failed to delete release', failure)
      throw releaseError('OPERATION_FAILED', `failed to delete release: ${request.name}`, failure)
    }
  }
  errors.push(await run([{ type: 'wait-gone', objects: doomed }]))
  if (!request.disableHooks) errors.push(await run([{ type: 'hooks', event: 'post-delete', failure: '' }]))
  release.info.status = 'uninstalled'
  release.info.description = request.description === '' ? 'Uninstallation complete' : request.description
  const info = kept === '' ? '' : `These resources were kept due to the resource policy:\n${kept}`
  debugLog(ports, 'purge requested', { release: release.name, keepHistory: request.keepHistory })
  if (request.keepHistory) await keep(ports, release)
  else await purge(ports, revisions).catch((error: unknown) => errors.push(error))
  const failures = errors.filter((error) => error !== undefined)
  if (failures.length > 0) {
    const text = errorText(joinFailures(failures, '; '))
    throw releaseError(
      'OPERATION_FAILED',
      `uninstallation completed with ${failures.length} error(s): ${text}`,
      failures[0],
    )
  }
  return { release, info }
}

async function keep(ports: ReleasePorts, release: Release): Promise<void> {
  await update(ports, release)
  let deployed: Release[] = []
  try {
    deployed = await ports.storage.deployedAll(release.name)
  } catch (error) {
    if (!hasReleaseCode(error, 'NO_DEPLOYED_RELEASES')) throw error
  }
  for (const other of deployed) {
    other.info.status = 'superseded'
    await update(ports, other)
  }
}

async function update(ports: ReleasePorts, release: Release): Promise<void> {
  await ports.storage
    .update(release)
    .catch((error: unknown) => debug(ports, 'uninstall: Failed to store updated release', error))
}

function debug(ports: ReleasePorts, message: string, error: unknown): void {
  ports.log({ level: 'DEBUG', message, attributes: [['error', errorText(error)]] })
}

interface Sorted {
  readonly doomed: ResourceInfo[]
  /** One line per object that its policy keeps. */
  readonly kept: string
}

async function sortOut(ports: ReleasePorts, release: Release, signal: AbortSignal | undefined): Promise<Sorted> {
  const failed = (why: string, cause: unknown): Error => {
    debug(ports, 'uninstall: Failed to delete release', new Error(why))
    return releaseError('OPERATION_FAILED', `failed to delete release: ${release.name}`, cause)
  }
  let manifests: readonly Manifest[]
  try {
    const documents = splitManifests(release.manifest).map((text, index): [string, string] => [
      `manifest-${index}`,
      text,
    ])
    manifests = sortManifests(new Map(documents), uninstallOrder, ports.log).manifests
  } catch (error) {
    throw failed(`corrupted release record. You must manually delete the resources: ${errorText(error)}`, error)
  }
  const policies = manifests.map((manifest) => ({
    manifest,
    policy: manifest.head.annotations?.get(RESOURCE_POLICY.annotation),
  }))
  const kept = policies.filter(
    ({ policy }) => policy !== undefined && policy.trim().toLowerCase() === RESOURCE_POLICY.keep,
  )
  const text = policies
    .filter(({ policy }) => policy === undefined)
    .map(({ manifest }) => `\n---\n${manifest.content}`)
    .join('')
  try {
    const { namespace } = release
    const doomed = await buildResources(ports.cluster.mapper, text, { namespace, validate: false, signal })
    return { doomed, kept: kept.map(({ manifest }) => `[${manifest.kind}] ${manifest.head.name}\n`).join('') }
  } catch (error) {
    throw failed(`unable to build kubernetes objects for delete: ${errorText(error)}`, error)
  }
}

function propagationOf(cascade: UninstallRequest['cascade']): Propagation {
  if (cascade === 'foreground') return 'Foreground'
  return cascade === 'orphan' ? 'Orphan' : 'Background'
}
