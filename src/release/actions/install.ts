import { emitYamlFromJson } from '../../encoding/index.ts'
import { type Chart, processDependencies, validateReleaseName } from '../../chart/index.ts'
import { buildResources, type ResourceInfo } from '../../kube/index.ts'
import { hasReleaseCode, operationInProgress, releaseError, wrapped } from '../errors.ts'
import { errorText } from '../../base/index.ts'
import { execute, type ExecuteOptions } from '../execute/execute.ts'
import { type Gate, OPEN_GATE, withLock } from '../lock/guard.ts'
import { byRevision, newHook, type Release, setStatus } from '../model.ts'
import { findAdoptable, withOwner } from '../ownership.ts'
import type { Plan, Step } from '../plan/model.ts'
import type { ReleasePorts } from '../ports.ts'
import { rehearse } from '../rehearsal.ts'
import { type Rehearsal, renderRelease, type RenderSubject } from '../rendering.ts'
import { checkLabels } from '../storage/labels.ts'
import { recordTime } from '../time.ts'
import { upgradeCrds } from './crd-upgrade.ts'
import { installCrds } from './crds.ts'
import { applyMethodOf, effectiveWait, type InstallRequest } from './request.ts'
import { causeOf, unwrap } from './failure.ts'
import { uninstallUnlocked } from './uninstall.ts'

/**
 * Installs a chart as a new release and gives its record; in a dry run only what would be recorded. Rejects with Helm's
 * messages; once the record exists, a failure marks it as failed (or uninstalls it, with `rollbackOnFailure`).
 */
export async function install(ports: ReleasePorts, request: InstallRequest, signal?: AbortSignal): Promise<Release> {
  if (request.dryRun !== 'none') return run(ports, request, OPEN_GATE, signal)
  const target = { name: request.name, operation: 'install' } as const
  return withLock(ports, target, signal, (own, gate, guarded) => run(own, request, gate, guarded))
}

async function run(
  ports: ReleasePorts,
  request: InstallRequest,
  gate: Gate,
  signal: AbortSignal | undefined,
): Promise<Release> {
  const waitStrategy = effectiveWait(request)
  const plan = await planInstall(ports, request, signal, gate)
  if (request.dryRun !== 'none') {
    plan.release.info.description = 'Dry run complete'
    return plan.release
  }
  const { release } = plan
  const options: ExecuteOptions = {
    serverSide: request.serverSide,
    forceConflicts: request.forceConflicts,
    forceReplace: request.forceReplace,
    waitStrategy,
    timeoutMs: request.timeoutMs,
    signal,
  }
  await execute(ports, plan, plan.prepare, options).catch(unwrap)
  try {
    await execute(ports, plan, plan.steps, options)
  } catch (error) {
    throw await fail(ports, request, release, causeOf(error))
  }
  setStatus(release, 'deployed', request.description === '' ? 'Install complete' : request.description)
  try {
    await ports.storage.update(release)
  } catch (error) {
    ports.log({ level: 'ERROR', message: 'failed to record the release', attributes: [['error', errorText(error)]] })
  }
  return release
}

/** Decides what an install does, without changing anything but CRDs, which templates may need. */
export async function planInstall(
  ports: ReleasePorts,
  request: InstallRequest,
  signal: AbortSignal | undefined,
  gate: Gate = OPEN_GATE,
): Promise<Plan> {
  const online = request.dryRun !== 'client'
  const isRehearsed = online && request.saved === undefined
  const [, rehearsal] = await Promise.all([
    checkRequest(ports, request, gate, signal),
    isRehearsed ? rehearse(ports, request, firstOf(ports, request)) : undefined,
  ])
  await request.saved?.check(signal)
  let chart: Chart
  try {
    chart = request.saved === undefined ? processDependencies(request.chart, request.values, ports.log) : request.chart
  } catch (error) {
    throw reported(ports, 'chart dependencies processing failed', error)
  }
  if (online && !request.skipCrds) await placeCrds(ports, { ...request, chart }, signal)
  const { release, infos, adopted } = await prepareRelease(ports, { ...request, chart }, rehearsal, signal)
  const prepare: Step[] = []
  if (request.createNamespace && online) prepare.push(...(await namespaceStep(ports, signal)))
  const previous = request.replace && request.dryRun === 'none' ? await replaced(ports, release) : undefined
  if (previous !== undefined && previous.info.status !== 'failed') {
    prepare.push({ type: 'mark-previous', status: 'superseded', description: 'superseded by new release' })
  }
  prepare.push({ type: 'record', maxHistory: 0 })
  return { operation: 'install', release, previous, prepare, steps: installSteps(request, infos, adopted) }
}

/** Helm's way, unless another is asked for. */
async function placeCrds(ports: ReleasePorts, request: InstallRequest, signal: AbortSignal | undefined): Promise<void> {
  if (request.crds === undefined || request.dryRun !== 'none') await installCrds(ports, request, signal)
  else await upgradeCrds(ports, request.chart, request.crds, signal)
}

async function checkRequest(
  ports: ReleasePorts,
  request: InstallRequest,
  gate: Gate,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (request.dryRun !== 'client') {
    try {
      await ports.cluster.checkReachable(signal)
      ports.cluster.anticipateDiscovery(signal)
    } catch (error) {
      const text = `cluster reachability check failed: ${errorText(error)}`
      ports.log({ level: 'ERROR', message: text, attributes: [] })
      throw releaseError('REQUEST_INVALID', text, error)
    }
  }
  if (request.dryRun === 'none' && request.hideSecret) {
    const text = 'hiding Kubernetes secrets requires a dry-run mode'
    ports.log({ level: 'ERROR', message: text, attributes: [] })
    throw releaseError('REQUEST_INVALID', text)
  }
  const holder = await gate.pass()
  try {
    await checkName(ports, request)
  } catch (error) {
    throw reported(ports, 'release name check failed', error)
  }
  if (holder !== undefined) throw operationInProgress(holder)
}

function reported(ports: ReleasePorts, message: string, error: unknown): Error {
  ports.log({ level: 'ERROR', message, attributes: [['error', errorText(error)]] })
  return wrapped('REQUEST_INVALID', message, error)
}

/** Refuses names that are invalid or in use. */
async function checkName(ports: ReleasePorts, request: InstallRequest): Promise<void> {
  const { name } = request
  try {
    validateReleaseName(name)
  } catch (error) {
    throw wrapped('NAME_INVALID', `release name ${JSON.stringify(name)}`, error)
  }
  if (request.dryRun !== 'none') return
  const newest = await newestOf(ports, name)
  if (newest === undefined) return
  const { status } = newest.info
  if (request.replace && (status === 'uninstalled' || status === 'failed')) return
  throw releaseError('NAME_IN_USE', 'cannot reuse a name that is still in use')
}

/** A storage that cannot be read counts as empty here: writing to it will say what is wrong. */
async function newestOf(ports: ReleasePorts, name: string): Promise<Release | undefined> {
  try {
    return (await ports.storage.history(name)).sort(byRevision).at(-1)
  } catch {
    return undefined
  }
}

function firstOf(ports: ReleasePorts, { chart, values }: InstallRequest): RenderSubject {
  return { namespace: ports.namespace, revision: 1, isUpgrade: false, chart, values }
}

interface Prepared {
  readonly release: Release
  readonly infos: ResourceInfo[]
  readonly adopted: ResourceInfo[]
}

async function prepareRelease(
  ports: ReleasePorts,
  request: InstallRequest,
  rehearsal: Rehearsal | undefined,
  signal: AbortSignal | undefined,
): Promise<Prepared> {
  const { chart, values, name } = request
  const online = request.dryRun !== 'client'
  checkLabels(request.labels)
  const rendered = await renderRelease(ports, request, { ...firstOf(ports, request), rehearsal }, signal)
  const now = recordTime(ports.clock.nowMs())
  const release: Release = {
    name,
    info: {
      firstDeployed: now,
      lastDeployed: now,
      deleted: '',
      description: 'Initial install underway',
      status: 'pending-install',
      notes: rendered.notes,
    },
    chart,
    config: values,
    manifest: rendered.manifest,
    hooks: rendered.hooks.map(newHook),
    version: 1,
    namespace: ports.namespace,
    labels: request.labels,
    applyMethod: applyMethodOf(request.serverSide),
  }
  if (!online) return { release, infos: [], adopted: [] }
  const built = await buildManifest(ports, release.manifest, !request.disableOpenApiValidation, signal)
  const infos = withOwner(built, release)
  try {
    const { takeOwnership } = request
    const adopting = findAdoptable(ports.cluster.client, infos, release, { takeOwnership, signal })
    if (request.dryRun === 'none') ports.storage.prepare(release)
    return { release, infos, adopted: await adopting }
  } catch (error) {
    throw wrapped('OWNERSHIP', 'unable to continue with install', error)
  }
}

async function buildManifest(
  ports: ReleasePorts,
  manifest: string,
  validate: boolean,
  signal: AbortSignal | undefined,
): Promise<ResourceInfo[]> {
  try {
    return await buildResources(ports.cluster.mapper, manifest, { namespace: ports.namespace, validate, signal })
  } catch (error) {
    throw wrapped('RENDER', 'unable to build kubernetes objects from release manifest', error)
  }
}

async function namespaceStep(ports: ReleasePorts, signal: AbortSignal | undefined): Promise<Step[]> {
  const { namespace } = ports
  // Empty spec and status are part of what Helm applies, and so of the managed fields.
  const metadata = { name: namespace, labels: { name: namespace } }
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata, spec: {}, status: {} }
  const text = emitYamlFromJson(manifest)
  const [info] = await buildResources(ports.cluster.mapper, text, { namespace, validate: true, signal })
  return info === undefined ? [] : [{ type: 'namespace', namespace: info }]
}

/** The newest revision under the name, which the new one continues. */
async function replaced(ports: ReleasePorts, release: Release): Promise<Release | undefined> {
  const newest = await newestOf(ports, release.name)
  if (newest !== undefined) release.version = newest.version + 1
  return newest
}

function installSteps(
  request: InstallRequest,
  objects: readonly ResourceInfo[],
  adopted: readonly ResourceInfo[],
): Step[] {
  const steps: Step[] = []
  if (!request.disableHooks) steps.push({ type: 'hooks', event: 'pre-install', failure: 'failed pre-install: ' })
  if (objects.length > 0) {
    steps.push(
      adopted.length === 0
        ? { type: 'create', objects }
        : {
            type: 'update',
            originals: adopted,
            objects,
            threeWayMergeForUnstructured: request.takeOwnership && !request.serverSide,
            upgradeFieldManager: true,
          },
    )
  }
  steps.push({ type: 'wait', objects, jobs: request.waitForJobs })
  if (!request.disableHooks) steps.push({ type: 'hooks', event: 'post-install', failure: 'failed post-install: ' })
  return steps
}

/** Marks the release as failed, or uninstalls it; gives the error to raise. No signal: this must happen. */
async function fail(ports: ReleasePorts, request: InstallRequest, release: Release, cause: unknown): Promise<unknown> {
  const text = errorText(cause)
  setStatus(release, 'failed', `Release ${JSON.stringify(release.name)} failed: ${text}`)
  if (!request.rollbackOnFailure) {
    await ports.storage.update(release).catch(() => undefined)
    return cause
  }
  try {
    await uninstallUnlocked(ports, {
      name: release.name,
      dryRun: false,
      ignoreNotFound: false,
      keepHistory: false,
      disableHooks: request.disableHooks,
      waitStrategy: effectiveWait(request),
      timeoutMs: request.timeoutMs,
      cascade: 'background',
      description: '',
    })
  } catch (error) {
    return releaseError(
      'OPERATION_FAILED',
      `an error occurred while uninstalling the release. original install error: ${text}: ${errorText(error)}`,
      cause,
    )
  }
  return releaseError(
    'OPERATION_FAILED',
    `release ${release.name} failed, and has been uninstalled due to rollback-on-failure being set: ${text}`,
    hasReleaseCode(cause, 'CANCELED') ? undefined : cause,
  )
}
