import type { ResourceInfo } from '../../kube/index.ts'
import { diffObjects, diffPlan } from '../diff/diff-plan.ts'
import type { ObjectChange } from '../diff/model.ts'
import type { Plan } from '../plan/model.ts'
import type { ReleasePorts } from '../ports.ts'
import { withComingKinds } from './coming-kinds.ts'
import { crdObjects } from './crd-upgrade.ts'
import { planInstall } from './install.ts'
import type { InstallRequest, UpgradeRequest } from './request.ts'
import { planRollbackOf, type RollbackRequest } from './rollback.ts'
import { planUninstall, type UninstallRequest } from './uninstall.ts'
import { planUpgrade } from './upgrade.ts'

/** What is to be planned. */
export type PlanRequest =
  | { readonly type: 'install'; readonly request: InstallRequest }
  | { readonly type: 'upgrade'; readonly request: UpgradeRequest }
  | { readonly type: 'rollback'; readonly request: RollbackRequest }
  | { readonly type: 'uninstall'; readonly request: UninstallRequest }

/** An operation that was decided, and what it would do. */
export interface PlannedChanges {
  readonly plan: Plan
  /** The CRDs that it would write. */
  readonly crds: readonly ResourceInfo[]
  /** What becomes of CRDs, objects and hooks; nothing is hidden. */
  readonly changes: readonly ObjectChange[]
}

/**
 * Decides an operation and asks the server, in dry runs, what it would do. Changes nothing. Objects of kinds that only the
 * operation's own CRDs bring are shown as they stand in the manifest, since no server knows them yet.
 */
export async function planChanges(
  ports: ReleasePorts,
  what: PlanRequest,
  signal?: AbortSignal,
): Promise<PlannedChanges> {
  const { plan, serverSide } = await decide(withComingKinds(ports, chartOfCrds(what)), what, signal)
  const force = what.type === 'uninstall' ? { forceConflicts: false, forceReplace: false } : what.request
  const { forceConflicts, forceReplace } = force
  const crds = await planCrds(ports, what, signal)
  const changes = await diffPlan(ports, plan, { serverSide, forceConflicts, forceReplace, signal })
  return { plan, crds: crds.infos, changes: [...crds.changes, ...changes] }
}

async function decide(
  ports: ReleasePorts,
  what: PlanRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly plan: Plan; readonly serverSide: boolean }> {
  switch (what.type) {
    case 'install': {
      const request = { ...what.request, dryRun: 'server' as const }
      return { plan: await planInstall(ports, request, signal), serverSide: request.serverSide }
    }
    case 'upgrade':
      return planUpgrade(ports, { ...what.request, dryRun: 'server' }, signal)
    case 'rollback':
      return planRollbackOf(ports, what.request, signal)
    case 'uninstall':
      return { plan: await planUninstall(ports, what.request, signal), serverSide: true }
    default:
      return what satisfies never
  }
}

/** The chart whose CRDs the operation writes; undefined: it writes none. */
function chartOfCrds(what: PlanRequest): InstallRequest['chart'] | undefined {
  if (what.type === 'rollback' || what.type === 'uninstall') return undefined
  const { chart, crds } = what.request
  return isHelmsInstall(what) || (crds !== undefined && crds !== 'skip') ? chart : undefined
}

/** An install that brings CRDs as Helm does. */
function isHelmsInstall(what: PlanRequest): boolean {
  return what.type === 'install' && !what.request.skipCrds && what.request.crds === undefined
}

/** The CRDs that the operation would write, and what it would do to them. */
async function planCrds(
  ports: ReleasePorts,
  what: PlanRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly infos: readonly ResourceInfo[]; readonly changes: readonly ObjectChange[] }> {
  const chart = chartOfCrds(what)
  if (chart === undefined || what.type === 'rollback' || what.type === 'uninstall') return { infos: [], changes: [] }
  const { crds, forceConflicts } = what.request
  const helms = isHelmsInstall(what)
  const infos = await crdObjects(ports, chart, signal)
  const how = { serverSide: true, forceConflicts: helms ? forceConflicts : true, forceReplace: false, signal }
  const changes = await diffObjects(ports, infos, how)
  // As Helm's client-side installs, `--crds=install` leaves those alone that exist.
  const onlyNew = crds === 'install' || (helms && what.type === 'install' && !what.request.serverSide)
  const isWritten = (index: number): boolean => !onlyNew || changes[index]?.action === 'create'
  return {
    infos: infos.filter((_, index) => isWritten(index)),
    changes: changes.filter((_, index) => isWritten(index)),
  }
}
