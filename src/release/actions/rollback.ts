import { errorText } from '../../base/index.ts'
import { validateReleaseName } from '../../chart/index.ts'
import { buildResources, deleteAll, joinFailures, type ResourceInfo, type WaitStrategy } from '../../kube/index.ts'
import { hasReleaseCode, noRevision, releaseError, wrapped } from '../errors.ts'
import { execute, type ExecuteOptions, StepFailure } from '../execute/execute.ts'
import { type Gate, OPEN_GATE, withLock } from '../lock/guard.ts'
import { byRevision, type Release, setStatus } from '../model.ts'
import { withOwner } from '../ownership.ts'
import type { Plan, Step } from '../plan/model.ts'
import { debugLog, deployOptions, type ReleasePorts } from '../ports.ts'
import { recordDeployed, recordQuietly } from '../storage/record-quietly.ts'
import { withoutSystemLabels } from '../storage/labels.ts'
import { recordTime } from '../time.ts'
import { applyMethodOf, type DryRun, serverSideFor } from './request.ts'

/** A rollback. */
export interface RollbackRequest {
  readonly name: string
  /** The revision to go back to; 0: the one before the newest. */
  readonly revision: number
  readonly dryRun: DryRun
  readonly waitStrategy: WaitStrategy
  readonly waitForJobs: boolean
  readonly disableHooks: boolean
  readonly forceReplace: boolean
  readonly forceConflicts: boolean
  readonly serverSide: string
  readonly timeoutMs: number
  readonly cleanupOnFail: boolean
  readonly maxHistory: number
}

/** Brings an earlier revision back as a new one. Whatever fails after its record exists marks it as failed. */
export async function rollback(ports: ReleasePorts, request: RollbackRequest, signal?: AbortSignal): Promise<Release> {
  if (request.dryRun !== 'none') return rollbackUnlocked(ports, request, signal)
  const target = { name: request.name, operation: 'rollback' } as const
  return withLock(ports, target, signal, (own, gate, guarded) => rollbackUnlocked(own, request, guarded, gate))
}

/**
 * As `rollback`, for operations that hold the lock. A living holder does not keep a rollback from running: it is Helm's
 * way out of an operation that hangs.
 */
export async function rollbackUnlocked(
  ports: ReleasePorts,
  request: RollbackRequest,
  signal?: AbortSignal,
  gate: Gate = OPEN_GATE,
): Promise<Release> {
  await ports.cluster.checkReachable(signal)
  ports.cluster.anticipateDiscovery(signal)
  debugLog(ports, 'preparing rollback', { name: request.name })
  await gate.pass()
  const { current, target, serverSide, revisions } = await prepareRollback(ports, request)
  if (request.dryRun !== 'none') return target
  await ports.storage.create(target, { maxHistory: request.maxHistory, revisions })
  const options: ExecuteOptions = {
    serverSide,
    forceConflicts: request.forceConflicts,
    forceReplace: request.forceReplace,
    waitStrategy: request.waitStrategy,
    timeoutMs: request.timeoutMs,
    signal,
  }
  let plan: Plan
  try {
    plan = await planRollback(ports, request, { current, target }, signal)
  } catch (error) {
    await markFailed(ports, target, errorText(error))
    throw error
  }
  await execute(ports, plan, plan.steps, options).catch(async (error: unknown) => {
    throw await fail(ports, request, { current, target }, error)
  })
  await recordDeployed(ports, target, await stillDeployed(ports, current.name))
  return target
}

interface Pair {
  readonly current: Release
  readonly target: Release
}

/** Decides what a rollback would do, without changing anything. */
export async function planRollbackOf(
  ports: ReleasePorts,
  request: RollbackRequest,
  signal?: AbortSignal,
): Promise<{ readonly plan: Plan; readonly serverSide: boolean }> {
  await ports.cluster.checkReachable(signal)
  const { serverSide, ...pair } = await prepareRollback(ports, request)
  return { plan: await planRollback(ports, request, pair, signal), serverSide }
}

/** Decides what a rollback does, once its revisions are known. */
async function planRollback(
  ports: ReleasePorts,
  request: RollbackRequest,
  { current, target }: Pair,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const build = async (release: Release, what: string): Promise<ResourceInfo[]> => {
    try {
      const { namespace } = release
      return await buildResources(ports.cluster.mapper, release.manifest, { namespace, validate: false, signal })
    } catch (error) {
      throw wrapped('RENDER', `unable to build kubernetes objects from ${what} release manifest`, error)
    }
  }
  const originals = await build(current, 'current')
  const objects = withOwner(await build(target, 'new'), target)
  const steps: Step[] = []
  if (!request.disableHooks) steps.push({ type: 'hooks', event: 'pre-rollback', failure: '' })
  steps.push({ type: 'update', originals, objects, threeWayMergeForUnstructured: false, upgradeFieldManager: true })
  steps.push({ type: 'wait', objects, jobs: request.waitForJobs })
  if (!request.disableHooks) steps.push({ type: 'hooks', event: 'post-rollback', failure: '' })
  return { operation: 'rollback', release: target, previous: current, prepare: [], steps }
}

async function prepareRollback(
  ports: ReleasePorts,
  request: RollbackRequest,
): Promise<Pair & { readonly serverSide: boolean; readonly revisions: readonly Release[] }> {
  const { name } = request
  try {
    validateReleaseName(name)
  } catch {
    throw releaseError('NAME_INVALID', `prepareRollback: Release name is invalid: ${name}`)
  }
  if (request.revision < 0) throw releaseError('REVISION_INVALID', 'invalid release revision')
  const revisions = (await ports.storage.history(name)).sort(byRevision)
  const current = revisions.at(-1)
  if (current === undefined) throw noRevision(name)
  const revision = request.revision === 0 ? current.version - 1 : request.revision
  const previous = revisions.find(({ version }) => version === revision)
  if (previous === undefined) throw releaseError('REVISION_INVALID', `release has no ${revision} version`)
  const serverSide = serverSideFor(request.serverSide, previous.applyMethod)
  const target: Release = {
    name,
    namespace: current.namespace,
    chart: previous.chart,
    config: previous.config,
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: recordTime(ports.clock.nowMs()),
      deleted: '',
      status: 'pending-rollback',
      notes: previous.info.notes,
      description: `Rollback to ${revision}`,
    },
    version: current.version + 1,
    labels: withoutSystemLabels(previous.labels),
    manifest: previous.manifest,
    // Own copies: the runs of this rollback's hooks are no part of the record that it goes back to.
    hooks: structuredClone(previous.hooks),
    applyMethod: applyMethodOf(serverSide),
  }
  return { current, target, serverSide, revisions }
}

async function fail(ports: ReleasePorts, request: RollbackRequest, pair: Pair, error: unknown): Promise<unknown> {
  const failure = error instanceof StepFailure ? error : undefined
  const cause = failure === undefined ? error : failure.cause
  const text = errorText(cause)
  const { current, target } = pair
  if (failure?.step.type === 'update') {
    const message = `Rollback ${JSON.stringify(target.name)} failed: ${text}`
    ports.log({ level: 'WARN', message, attributes: [] })
    current.info.status = 'superseded'
    setStatus(target, 'failed', message)
    await recordQuietly(ports, current)
    await recordQuietly(ports, target)
    return request.cleanupOnFail ? cleanUp(ports, failure.created, cause) : cause
  }
  const message = `Release ${JSON.stringify(target.name)} failed: ${text}`
  if (failure?.step.type === 'wait') {
    await recordQuietly(ports, current)
    await markFailed(ports, target, message)
    return wrapped('OPERATION_FAILED', `release ${target.name} failed`, cause)
  }
  // A failed hook (or an interrupt) must not leave the release pending.
  await markFailed(ports, target, message)
  return cause
}

async function markFailed(ports: ReleasePorts, target: Release, message: string): Promise<void> {
  setStatus(target, 'failed', message)
  await recordQuietly(ports, target)
}

async function cleanUp(ports: ReleasePorts, created: readonly ResourceInfo[], cause: unknown): Promise<unknown> {
  const errors = await deleteAll(
    ports.cluster.client,
    created,
    'Background',
    deployOptions(ports, { serverSide: true }),
  )
  if (errors.length === 0) return cause
  const why = errorText(joinFailures(errors, ', '))
  const what = 'an error occurred while cleaning up resources. original rollback error: unable to cleanup resources'
  return releaseError('OPERATION_FAILED', `${what}: ${why}`, cause)
}

/** The revisions that count as deployed: the rollback supersedes them all. */
async function stillDeployed(ports: ReleasePorts, name: string): Promise<Release[]> {
  try {
    return await ports.storage.deployedAll(name)
  } catch (error) {
    if (hasReleaseCode(error, 'NO_DEPLOYED_RELEASES')) return []
    throw error
  }
}
