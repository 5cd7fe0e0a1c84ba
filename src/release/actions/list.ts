import type { ReleaseStatus, ReleaseSummary } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'
import { timeMs } from '../time.ts'

/** Which releases are listed, and how. */
export interface ListRequest {
  /** Whether a name is wanted. */
  readonly matchesName: (name: string) => boolean
  /** Whether the labels of a record are wanted. */
  readonly matchesLabels: (labels: Readonly<Record<string, string>>) => boolean
  readonly states: ReadonlySet<ReleaseStatus>
  readonly byDate: boolean
  readonly reverse: boolean
  readonly offset: number
  /** 0: no limit. */
  readonly limit: number
}

/** Every state that `list` knows. */
export const ALL_STATES: ReadonlySet<ReleaseStatus> = new Set<ReleaseStatus>([
  'deployed',
  'uninstalled',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
  'superseded',
  'failed',
])

/** The newest revision of every release that is wanted. As Helm's `action.List`. */
export async function list(ports: ReleasePorts, request: ListRequest, signal?: AbortSignal): Promise<ReleaseSummary[]> {
  await ports.cluster.checkReachable(signal)
  const onlySuperseded = request.states.size === 1 && request.states.has('superseded')
  const stored = await ports.storage.list({ newest: !onlySuperseded })
  const all = stored.filter((release) => request.matchesName(release.name))
  const wanted = (onlySuperseded ? all : newestOnly(all))
    .filter((release) => request.states.has(release.info.status))
    .filter((release) => request.matchesLabels(release.labels))
    .sort(request.byDate ? byDate : byName)
  if (request.reverse) wanted.reverse()
  const limit = request.limit > 0 ? request.limit : wanted.length
  return request.offset >= wanted.length ? [] : wanted.slice(request.offset, request.offset + limit)
}

function newestOnly(releases: readonly ReleaseSummary[]): ReleaseSummary[] {
  const newest = new Map<string, ReleaseSummary>()
  for (const release of releases) {
    const key = `${release.namespace}/${release.name}`
    const known = newest.get(key)
    if (known === undefined || known.version <= release.version) newest.set(key, release)
  }
  return [...newest.values()]
}

function byName(a: ReleaseSummary, b: ReleaseSummary): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** Oldest first, by whole seconds; then by name. */
function byDate(a: ReleaseSummary, b: ReleaseSummary): number {
  const seconds = (release: ReleaseSummary): number => Math.floor(timeMs(release.info.lastDeployed) / 1000)
  const [left, right] = [seconds(a), seconds(b)]
  return left === right ? byName(a, b) : left < right ? -1 : 1
}
