import type { Chart } from '../chart/index.ts'
import type { GoMap } from '../go/index.ts'
import type { Hook } from '../manifest/index.ts'

/** The states of a revision. */
export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'

/** How the objects of a revision were written: server-side or client-side apply; empty: before this was recorded. */
export type ApplyMethod = '' | 'ssa' | 'csa'

/** When and how a hook last ran. Times as RFC 3339 with any fraction; empty: not yet. */
export interface HookRun {
  startedAt: string
  completedAt: string
  phase: '' | 'Unknown' | 'Running' | 'Succeeded' | 'Failed'
}

/** A hook of a revision with its last run. */
export interface ReleaseHook extends Omit<Hook, 'deletePolicies'> {
  deletePolicies: readonly string[]
  lastRun: HookRun
}

/** What is known about a revision. Times as RFC 3339 with any fraction; empty: never. */
export interface ReleaseInfo {
  firstDeployed: string
  lastDeployed: string
  deleted: string
  description: string
  status: ReleaseStatus
  notes: string
}

/** One revision of a release, as Helm's records keep it. Mutable: its status changes while it is worked on. */
export interface Release {
  name: string
  info: ReleaseInfo
  /** Absent in damaged records. */
  chart: Chart | undefined
  /** What the user set; undefined: nothing. */
  config: GoMap | undefined
  manifest: string
  hooks: ReleaseHook[]
  /** The revision number, from 1. */
  version: number
  namespace: string
  /** Labels of the record; read with Helm's own among them when they come from a query. */
  labels: Readonly<Record<string, string>>
  applyMethod: ApplyMethod
}

/** What lists show of a release; of its chart only the metadata is there. */
export type ReleaseSummary = Pick<Release, 'name' | 'info' | 'version' | 'namespace' | 'labels' | 'chart'>

/** A hook that has not run. */
export function newHook(hook: Hook): ReleaseHook {
  return { ...hook, lastRun: { startedAt: '', completedAt: '', phase: '' } }
}

/** Sets status and description together. */
export function setStatus(release: Release, status: ReleaseStatus, description: string): void {
  release.info.status = status
  release.info.description = description
}

/** True while an operation works on the revision. */
export function isPending(status: ReleaseStatus): boolean {
  return status === 'pending-install' || status === 'pending-upgrade' || status === 'pending-rollback'
}

/** Oldest revision first. */
export function byRevision(a: Release, b: Release): number {
  return a.version - b.version
}

/** `name-version` of a release's chart; `MISSING` in damaged records. */
export function chartWords(release: ReleaseSummary): string {
  return release.chart === undefined ? 'MISSING' : `${release.chart.name}-${release.chart.metadata.version}`
}

/** The app version of a release's chart; `MISSING` in damaged records. */
export function appVersionWords(release: ReleaseSummary): string {
  return release.chart === undefined ? 'MISSING' : release.chart.metadata.appVersion
}
