import { errorText } from '../../base/index.ts'
import {
  type Chart,
  coalesceTables,
  coalesceValues,
  processDependencies,
  validateReleaseName,
} from '../../chart/index.ts'
import type { GoMap } from '../../go/index.ts'
import {
  buildResources,
  deleteAll,
  infoKey,
  joinFailures,
  KubeClientError,
  type ResourceInfo,
} from '../../kube/index.ts'
import {
  hasReleaseCode,
  noDeployedReleases,
  noRevision,
  operationInProgress,
  releaseError,
  wrapped,
} from '../errors.ts'
import { execute, type ExecuteOptions, StepFailure } from '../execute/execute.ts'
import type { LockHolder } from '../lock/lease.ts'
import { type Gate, OPEN_GATE, withLock } from '../lock/guard.ts'
import { byRevision, isPending, newHook, type Release } from '../model.ts'
import { findAdoptable, withOwner } from '../ownership.ts'
import type { Plan, Step } from '../plan/model.ts'
import { debugLog, deployOptions, type ReleasePorts } from '../ports.ts'
import { renderRelease } from '../rendering.ts'
import { checkLabels } from '../storage/labels.ts'
import { recordDeployed, recordQuietly } from '../storage/record-quietly.ts'
import { recordTime } from '../time.ts'
import { unwrap } from './failure.ts'
import { upgradeCrds } from './crd-upgrade.ts'
import { applyMethodOf, effectiveWait, serverSideFor, type UpgradeRequest } from './request.ts'
import { rollbackUnlocked } from './rollback.ts'

/**
 * Upgrades a release and gives its new record; in a dry run only what would be recorded. Rejects with Helm's messages;
 * once the record exists, a failure marks it as failed, and rolls back with `rollbackOnFailure`.
 */
export async function upgrade(ports: ReleasePorts, request: UpgradeRequest, signal?: AbortSignal): Promise<Release> {
  if (request.dryRun !== 'none') return run(ports, request, OPEN_GATE, signal)
  const target = { name: request.name, operation: 'upgrade' } as const
  return withLock(ports, target, signal, (own, gate, guarded) => run(own, request, gate, guarded))
}

async function run(
  ports: ReleasePorts,
  request: UpgradeRequest,
  gate: Gate,
  signal: AbortSignal | undefined,
): Promise<Release> {
  const { plan, serverSide, deployed } = await planUpgrade(ports, request, signal, gate)
  const { release, previous } = plan
  if (request.dryRun !== 'none') {
    release.info.description = request.description === '' ? 'Dry run complete' : request.description
    return release
  }
  const options: ExecuteOptions = {
    serverSide,
    forceConflicts: request.forceConflicts,
    forceReplace: request.forceReplace,
    waitStrategy: effectiveWait(request),
    timeoutMs: request.timeoutMs,
    signal,
  }
  debugLog(ports, 'performing update', { name: request.name, serverSideApply: serverSide })
  await execute(ports, plan, plan.prepare, options).catch(unwrap)
  try {
    await execute(ports, plan, plan.steps, options)
  } catch (error) {
    const failure = error instanceof StepFailure ? error : undefined
    const kind = failure?.step.type
    if (previous !== undefined && (kind === 'update' || kind === 'wait')) await recordQuietly(ports, previous)
    throw await fail(ports, request, release, failure)
  }
  release.info.description = request.description === '' ? 'Upgrade complete' : request.description
  // More than one, where a client died at the wrong moment.
  await recordDeployed(ports, release, [...(previous === undefined ? [] : [previous]), ...deployed])
  return release
}

/** Decides what an upgrade does, without changing anything; `deployed` are revisions that count as such besides the current. */
export async function planUpgrade(
  ports: ReleasePorts,
  request: UpgradeRequest,
  signal: AbortSignal | undefined,
  gate: Gate = OPEN_GATE,
): Promise<{ readonly plan: Plan; readonly serverSide: boolean; readonly deployed: readonly Release[] }> {
  await ports.cluster.checkReachable(signal)
  ports.cluster.anticipateDiscovery(signal)
  debugLog(ports, 'preparing upgrade', { name: request.name })
  try {
    validateReleaseName(request.name)
  } catch {
    throw releaseError('NAME_INVALID', `release name is invalid: ${request.name}`)
  }
  if (request.dryRun === 'none' && request.hideSecret) {
    throw releaseError('REQUEST_INVALID', 'hiding Kubernetes secrets requires a dry-run mode')
  }
  const holder = await gate.pass()
  const { last, current, revisions } = await currentRelease(ports, request.name, holder)
  if (holder !== undefined) throw operationInProgress(holder)
  await request.saved?.check(signal)
  const { release, serverSide } = await prepareRelease(ports, request, last, current, signal)
  const build = (manifest: string, validate: boolean) =>
    buildResources(ports.cluster.mapper, manifest, { namespace: release.namespace, validate, signal })
  const built = await build(release.manifest, !request.disableOpenApiValidation)
  const originals = await build(current.manifest, false).catch((error: unknown) => {
    throw currentManifestFailure(error)
  })
  const objects = withOwner(built, release)
  const known = new Set(originals.map(infoKey))
  const fresh = objects.filter((info) => !known.has(infoKey(info)))
  try {
    const { takeOwnership } = request
    originals.push(...(await findAdoptable(ports.cluster.client, fresh, release, { takeOwnership, signal })))
  } catch (error) {
    throw wrapped('OWNERSHIP', 'unable to continue with update', error)
  }
  const plan: Plan = {
    operation: 'upgrade',
    release,
    previous: current,
    prepare: [{ type: 'record', maxHistory: request.maxHistory, revisions }],
    steps: upgradeSteps(request, originals, objects, current.applyMethod !== 'ssa' && serverSide),
  }
  const deployed = revisions.filter((one) => one !== current && one.info.status === 'deployed')
  return { plan, serverSide, deployed }
}

function currentManifestFailure(error: unknown): Error {
  if (
    error instanceof KubeClientError &&
    error.code === 'NO_MATCH' &&
    error.message.startsWith('unable to recognize')
  ) {
    return wrapped(
      'RENDER',
      'current release manifest contains removed kubernetes api(s) for this kubernetes version and it is therefore unable to build the kubernetes objects for performing the diff. error from kubernetes',
      error,
    )
  }
  return wrapped('RENDER', 'unable to build kubernetes objects from current release manifest', error)
}

function upgradeSteps(
  request: UpgradeRequest,
  originals: readonly ResourceInfo[],
  objects: readonly ResourceInfo[],
  upgradeFieldManager: boolean,
): Step[] {
  const steps: Step[] = []
  if (!request.disableHooks) steps.push({ type: 'hooks', event: 'pre-upgrade', failure: 'pre-upgrade hooks failed: ' })
  steps.push({ type: 'update', originals, objects, threeWayMergeForUnstructured: false, upgradeFieldManager })
  steps.push({ type: 'wait', objects, jobs: request.waitForJobs })
  if (!request.disableHooks)
    steps.push({ type: 'hooks', event: 'post-upgrade', failure: 'post-upgrade hooks failed: ' })
  return steps
}

/** The newest revision, the one that is deployed (or failed, when none ever was), and all. */
async function currentRelease(
  ports: ReleasePorts,
  name: string,
  holder: LockHolder | undefined,
): Promise<{ readonly last: Release; readonly current: Release; readonly revisions: readonly Release[] }> {
  const history = await ports.storage.history(name).catch((error: unknown) => {
    throw hasReleaseCode(error, 'RELEASE_NOT_FOUND') ? noDeployedReleases(name) : error
  })
  const revisions = history.sort(byRevision)
  const last = revisions.at(-1)
  if (last === undefined) throw noRevision(name)
  if (isPending(last.info.status)) throw operationInProgress(holder)
  const deployed = revisions.findLast(({ info }) => info.status === 'deployed')
  if (deployed !== undefined) return { last, current: deployed, revisions }
  const usable = last.info.status === 'failed' || last.info.status === 'superseded'
  if (!usable) throw noDeployedReleases(name)
  return { last, current: last, revisions }
}

async function prepareRelease(
  ports: ReleasePorts,
  request: UpgradeRequest,
  last: Release,
  current: Release,
  signal: AbortSignal | undefined,
): Promise<{ readonly release: Release; readonly serverSide: boolean }> {
  const values = reuseValues(ports, request, current)
  const chart: Chart =
    request.saved === undefined ? processDependencies(request.chart, values, ports.log) : request.chart
  const revision = last.version + 1
  const { namespace } = current
  if (request.crds !== undefined && request.dryRun === 'none') {
    await upgradeCrds(ports, chart, request.crds, signal)
  }
  const ready = { ...request, chart, values }
  const rendered = await renderRelease(ports, ready, { namespace, revision, isUpgrade: true, chart, values }, signal)
  checkLabels(request.labels)
  const serverSide = serverSideFor(request.serverSide, last.applyMethod)
  const release: Release = {
    name: request.name,
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: recordTime(ports.clock.nowMs()),
      deleted: '',
      description: 'Preparing upgrade',
      status: 'pending-upgrade',
      notes: rendered.notes,
    },
    chart,
    config: values,
    manifest: rendered.manifest,
    hooks: rendered.hooks.map(newHook),
    version: revision,
    namespace,
    labels: mergeLabels(last.labels, request.labels),
    applyMethod: applyMethodOf(serverSide),
  }
  return { release, serverSide }
}

/** The user's values of the new revision, by the flags that say what becomes of the old ones. As Helm's reuseValues. */
function reuseValues(ports: ReleasePorts, request: UpgradeRequest, current: Release): GoMap {
  const { values } = request
  if (request.resetValues) return values
  if (request.reuseValues) {
    if (current.chart !== undefined) {
      try {
        request.chart.values = coalesceValues(current.chart, current.config, ports.log)
      } catch (error) {
        throw wrapped('CHART', 'failed to rebuild old values', error)
      }
    }
    return coalesceTables(values, current.config, ports.log)
  }
  if (request.resetThenReuseValues) return coalesceTables(values, current.config, ports.log)
  return values.size === 0 && current.config !== undefined && current.config.size > 0 ? current.config : values
}

/** The value `null` removes a label. */
function mergeLabels(
  current: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...current, ...wanted }).filter(([, value]) => value !== 'null'))
}

/** Marks the revision as failed, cleans up and rolls back as asked; gives the error to raise. */
async function fail(
  ports: ReleasePorts,
  request: UpgradeRequest,
  release: Release,
  failure: StepFailure | undefined,
): Promise<unknown> {
  const cause = failure?.cause
  const text = errorText(cause)
  ports.log({
    level: 'WARN',
    message: 'upgrade failed',
    attributes: [
      ['name', release.name],
      ['error', text],
    ],
  })
  release.info.status = 'failed'
  release.info.description = `Upgrade ${JSON.stringify(release.name)} failed: ${text}`
  await recordQuietly(ports, release)
  const created = failure?.created ?? []
  if (request.cleanupOnFail && created.length > 0) {
    const errors = await deleteAll(
      ports.cluster.client,
      created,
      'Background',
      deployOptions(ports, { serverSide: true }),
    )
    if (errors.length > 0) {
      const why = errorText(joinFailures(errors, ', '))
      const what = `an error occurred while cleaning up resources. original upgrade error: ${text}`
      return releaseError('OPERATION_FAILED', `${what}: unable to cleanup resources: ${why}`, cause)
    }
  }
  return request.rollbackOnFailure ? rollBack(ports, request, release, cause) : cause
}

async function rollBack(
  ports: ReleasePorts,
  request: UpgradeRequest,
  release: Release,
  cause: unknown,
): Promise<unknown> {
  const text = errorText(cause)
  let revisions: Release[]
  try {
    revisions = await ports.storage.history(release.name)
  } catch (error) {
    const what = `an error occurred while finding last successful release. original upgrade error: ${text}`
    return releaseError('OPERATION_FAILED', `${what}: ${errorText(error)}`, cause)
  }
  const good = revisions.filter(({ info }) => info.status === 'superseded' || info.status === 'deployed')
  if (good.length === 0) {
    const what = 'unable to find a previously successful release when attempting to rollback. original upgrade error'
    return releaseError('OPERATION_FAILED', `${what}: ${text}`, cause)
  }
  try {
    await rollbackUnlocked(ports, {
      name: release.name,
      revision: Math.max(...good.map(({ version }) => version)),
      dryRun: 'none',
      waitStrategy: effectiveWait(request),
      waitForJobs: request.waitForJobs,
      disableHooks: request.disableHooks,
      forceReplace: request.forceReplace,
      forceConflicts: request.forceConflicts,
      serverSide: request.serverSide,
      timeoutMs: request.timeoutMs,
      cleanupOnFail: false,
      maxHistory: 0,
    })
  } catch (error) {
    const what = `an error occurred while rolling back the release. original upgrade error: ${text}`
    return releaseError('OPERATION_FAILED', `${what}: ${errorText(error)}`, cause)
  }
  const what = `release ${release.name} failed, and has been rolled back due to rollback-on-failure being set`
  return releaseError('OPERATION_FAILED', `${what}: ${text}`, cause)
}
