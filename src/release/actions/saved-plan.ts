import { createHash } from 'node:crypto'
import { Chart, emptyMetadata } from '../../chart/index.ts'
import { isNotFound, placeOf, resourcePath, type ResourceInfo } from '../../kube/index.ts'
import { decodeRelease, recordEncoder } from '../codec/record.ts'
import { withoutServerFields } from '../diff/fields.ts'
import { masked, type ObjectChange } from '../diff/model.ts'
import { hasReleaseCode, releaseError } from '../errors.ts'
import { byRevision, type Release } from '../model.ts'
import type { Plan } from '../plan/model.ts'
import type { ReleasePorts } from '../ports.ts'
import { install } from './install.ts'
import { planChanges, type PlanRequest } from './planned-changes.ts'
import type { DeployRequest, InstallRequest, UpgradeRequest } from './request.ts'
import { rollback, type RollbackRequest } from './rollback.ts'
import { uninstall, type UninstallRequest } from './uninstall.ts'
import { upgrade } from './upgrade.ts'

/** The form of saved plans that this version writes and reads. */
const PLAN_VERSION = 'chartctl.dev/v1'

/** Options of a deployment that a file can hold. */
type SavedDeploy<R extends DeployRequest> = Omit<R, 'chart' | 'values' | 'postRenderer' | 'saved'>

/** What is carried out, with its options. */
type SavedOperation =
  | { readonly type: 'install'; readonly request: SavedDeploy<InstallRequest> }
  | { readonly type: 'upgrade'; readonly request: SavedDeploy<UpgradeRequest> }
  | { readonly type: 'rollback'; readonly request: RollbackRequest }
  | { readonly type: 'uninstall'; readonly request: UninstallRequest }

/** An operation that was decided and can be carried out later, as JSON. Holds the manifest, Secrets included. */
export interface SavedPlan {
  readonly apiVersion: typeof PLAN_VERSION
  readonly kind: 'Plan'
  readonly release: string
  readonly namespace: string
  readonly operation: SavedOperation
  /** The newest revision when the plan was made; 0: none. */
  readonly base: { readonly revision: number; readonly status: string }
  /** The revision to be made, as its record would be. */
  readonly record: string
  /** CRD files of sub-charts, which the record does not hold. */
  readonly crds: readonly { readonly name: string; readonly text: string }[]
  /** Live objects that the plan was made for, by URL path, with a digest of what they said (null: absent). */
  readonly objects: readonly { readonly path: string; readonly digest: string | null }[]
  /** What would change, for people; values of Secrets hidden. */
  readonly changes: readonly ObjectChange[]
}

/** Decides an operation and writes down what it was decided for. Changes nothing. */
export async function makePlan(ports: ReleasePorts, what: PlanRequest, signal?: AbortSignal): Promise<SavedPlan> {
  const { plan, crds, changes } = await planChanges(ports, what, signal)
  const { request } = what
  return {
    apiVersion: PLAN_VERSION,
    kind: 'Plan',
    release: request.name,
    namespace: ports.namespace,
    operation: savedOperation(what),
    base: await baseOf(ports, request.name),
    record: recordEncoder().encode(plan.release),
    crds: subChartCrds(what),
    objects: await digests(ports, [...crds, ...infosOf(plan)], signal),
    changes: changes.map(masked),
  }
}

function savedOperation(what: PlanRequest): SavedOperation {
  if (what.type === 'rollback') return { type: 'rollback', request: { ...what.request, dryRun: 'none' } }
  if (what.type === 'uninstall') return { type: 'uninstall', request: { ...what.request, dryRun: false } }
  if (what.type === 'install') {
    const { chart: _c, values: _v, postRenderer: _p, saved: _s, ...rest } = what.request
    return { type: 'install', request: { ...rest, dryRun: 'none' } }
  }
  const { chart: _c, values: _v, postRenderer: _p, saved: _s, ...rest } = what.request
  return { type: 'upgrade', request: { ...rest, dryRun: 'none' } }
}

/** The CRD files of sub-charts, which records do not keep. */
function subChartCrds(what: PlanRequest): SavedPlan['crds'] {
  if (what.type === 'rollback' || what.type === 'uninstall') return []
  const own = new Set(what.request.chart.files)
  return what.request.chart.crds
    .filter(({ file }) => !own.has(file))
    .map(({ file }) => ({ name: file.name, text: Buffer.from(file.data).toString('utf8') }))
}

/** A sub-chart that holds CRD files only. */
function chartOfCrds(files: SavedPlan['crds']): Chart {
  const chart = new Chart({ ...emptyMetadata(), name: 'crds' })
  chart.files = files.map(({ name, text }) => ({ name, data: Buffer.from(text), modTime: 0 }))
  return chart
}

async function baseOf(ports: ReleasePorts, name: string): Promise<SavedPlan['base']> {
  try {
    const newest = (await ports.storage.history(name)).sort(byRevision).at(-1)
    return { revision: newest?.version ?? 0, status: newest?.info.status ?? '' }
  } catch (error) {
    if (hasReleaseCode(error, 'RELEASE_NOT_FOUND')) return { revision: 0, status: '' }
    throw error
  }
}

function infosOf({ prepare, steps }: Plan): ResourceInfo[] {
  const infos = [...prepare, ...steps].flatMap((step): readonly ResourceInfo[] => {
    if (step.type === 'create' || step.type === 'delete') return step.objects
    return step.type === 'update' ? [...step.originals, ...step.objects] : []
  })
  return infos.filter(({ name }) => name !== '')
}

async function digests(
  ports: ReleasePorts,
  infos: readonly ResourceInfo[],
  signal: AbortSignal | undefined,
): Promise<SavedPlan['objects']> {
  const paths = [...new Set(infos.map((info) => resourcePath(info.mapping.gvr, placeOf(info))))]
  return Promise.all(paths.map(async (path) => ({ path, digest: await digestOf(ports, path, signal) })))
}

/** What an object says, its status and the server's notes left out; null when it does not exist. */
async function digestOf(ports: ReleasePorts, path: string, signal: AbortSignal | undefined): Promise<string | null> {
  try {
    const { body } = await ports.cluster.client.raw({
      method: 'GET',
      path,
      ...(signal === undefined ? {} : { signal }),
    })
    const { metadata, ...rest } = withoutServerFields(body as object)
    const { annotations = {}, ...kept } = (metadata ?? {}) as { annotations?: Record<string, string> }
    // Controllers write this one.
    const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations
    return createHash('sha256')
      .update(stableJson({ ...rest, metadata: { ...kept, annotations: own } }))
      .digest('hex')
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

/** Reads a saved plan; throws PLAN_INVALID. */
export function parsePlan(text: string): SavedPlan {
  let plan: Partial<SavedPlan> | null
  try {
    plan = JSON.parse(text) as Partial<SavedPlan> | null
  } catch (error) {
    throw releaseError('PLAN_INVALID', 'this is not a saved plan: it is not JSON', error)
  }
  const complete = plan?.operation !== undefined && plan.record !== undefined && plan.objects !== undefined
  if (plan?.apiVersion !== PLAN_VERSION || plan.kind !== 'Plan' || !complete) {
    throw releaseError('PLAN_INVALID', `this is not a saved plan: kind Plan of ${PLAN_VERSION} is expected`)
  }
  return plan as SavedPlan
}

/**
 * Carries a saved plan out: the manifest that was planned, not another rendering. Rejects with PLAN_OUTDATED when the
 * release has another newest revision, or an object says something else than when the plan was made.
 */
export async function applyPlan(ports: ReleasePorts, plan: SavedPlan, signal?: AbortSignal): Promise<Release> {
  const release = decodeRelease(plan.record)
  const check = (stop: AbortSignal | undefined): Promise<void> => checkUnmoved(ports, plan, stop)
  const { operation } = plan
  if (operation.type === 'uninstall') {
    await check(signal)
    return (await uninstall(ports, operation.request, signal))?.release ?? release
  }
  if (operation.type === 'rollback') {
    await check(signal)
    // The revision that is gone back to must not depend on what is newest now.
    const revision = operation.request.revision === 0 ? plan.base.revision - 1 : operation.request.revision
    return rollback(ports, { ...operation.request, revision }, signal)
  }
  const { chart } = release
  if (chart === undefined) throw releaseError('PLAN_INVALID', 'the plan holds no chart')
  if ((plan.crds ?? []).length > 0) chart.addDependency(chartOfCrds(plan.crds))
  const rendered = {
    hooks: release.hooks.map(({ lastRun: _run, ...hook }) => hook as never),
    manifest: release.manifest,
    notes: release.info.notes,
  }
  const common = { chart, values: release.config ?? new Map(), postRenderer: undefined, saved: { rendered, check } }
  if (operation.type === 'install') return install(ports, { ...operation.request, ...common }, signal)
  const values = { resetValues: true, reuseValues: false, resetThenReuseValues: false }
  return upgrade(ports, { ...operation.request, ...common, ...values }, signal)
}

async function checkUnmoved(ports: ReleasePorts, plan: SavedPlan, signal: AbortSignal | undefined): Promise<void> {
  const base = await baseOf(ports, plan.release)
  const findings: string[] = []
  if (base.revision !== plan.base.revision || base.status !== plan.base.status) {
    const words = ({ revision, status }: SavedPlan['base']): string =>
      revision === 0 ? 'not installed' : `at revision ${revision} (${status})`
    findings.push(`the release is ${words(base)}, and was ${words(plan.base)}`)
  }
  const now = await Promise.all(plan.objects.map(({ path }) => digestOf(ports, path, signal)))
  plan.objects.forEach(({ path, digest }, index) => {
    const found = now[index] ?? null
    if (found === digest) return
    const what = digest === null ? 'exists now' : found === null ? 'is gone' : 'has changed'
    findings.push(`${path} ${what}`)
  })
  if (findings.length === 0) return
  const text = `the plan is out of date: ${findings.join('; ')}`
  throw releaseError('PLAN_OUTDATED', `${text}; make it again`)
}
