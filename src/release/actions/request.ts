import type { Chart } from '../../chart/index.ts'
import type { GoMap } from '../../go/index.ts'
import type { WaitStrategy } from '../../kube/index.ts'
import type { Hook } from '../../manifest/index.ts'
import type { PostRender } from '../../render/index.ts'
import type { ApplyMethod } from '../model.ts'
import type { CrdPolicy } from './crd-upgrade.ts'
import { releaseError } from '../errors.ts'

/** `client`: nothing is asked of the cluster that can be avoided; `server`: everything but changes. */
export type DryRun = 'none' | 'client' | 'server'

/** What install and upgrade share. */
export interface DeployRequest {
  readonly name: string
  /** Changed while its dependencies are processed. */
  readonly chart: Chart
  /** What the user set. */
  readonly values: GoMap
  readonly dryRun: DryRun
  /** Hides the content of Secrets in the manifest of a dry run. */
  readonly hideSecret: boolean
  /** Empty: the usual description. */
  readonly description: string
  readonly labels: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly waitStrategy: WaitStrategy
  readonly waitForJobs: boolean
  readonly disableHooks: boolean
  readonly forceReplace: boolean
  readonly forceConflicts: boolean
  readonly rollbackOnFailure: boolean
  readonly skipCrds: boolean
  /** What becomes of CRDs, where it is not left to Helm's rules. */
  readonly crds?: CrdPolicy | undefined
  /** Render the notes of sub-charts too. */
  readonly subNotes: boolean
  readonly skipSchemaValidation: boolean
  readonly disableOpenApiValidation: boolean
  readonly enableDns: boolean
  readonly takeOwnership: boolean
  readonly postRenderer: PostRender | undefined
  /** What a saved plan decided; absent: decided now. */
  readonly saved?: SavedRendering | undefined
}

/** What a saved plan hands to the operation that carries it out: nothing is rendered again. */
export interface SavedRendering {
  readonly rendered: RenderedRelease
  /** Rejects when the cluster is not as it was. */
  check(signal: AbortSignal | undefined): Promise<void>
}

/** A chart rendered for a release. */
export interface RenderedRelease {
  readonly hooks: readonly Hook[]
  readonly manifest: string
  readonly notes: string
}

/** An install. */
export interface InstallRequest extends DeployRequest {
  readonly serverSide: boolean
  readonly createNamespace: boolean
  /** Use the name of an uninstalled or failed release again. */
  readonly replace: boolean
}

/** An upgrade. */
export interface UpgradeRequest extends DeployRequest {
  /** `auto`: as the last revision was applied. */
  readonly serverSide: string
  readonly resetValues: boolean
  readonly reuseValues: boolean
  readonly resetThenReuseValues: boolean
  /** Revisions to keep; 0: all. */
  readonly maxHistory: number
  /** Delete what a failed upgrade created. */
  readonly cleanupOnFail: boolean
}

/** As Helm: `--rollback-on-failure` waits unless told how. */
export function effectiveWait(request: { waitStrategy: WaitStrategy; rollbackOnFailure: boolean }): WaitStrategy {
  return request.rollbackOnFailure && request.waitStrategy === 'hookOnly' ? 'watcher' : request.waitStrategy
}

/** Resolves `--server-side=auto|true|false` against how a revision was applied. */
export function serverSideFor(option: string, method: ApplyMethod): boolean {
  if (option === 'auto') return method === 'ssa'
  if (option === 'true') return true
  if (option === 'false') return false
  throw releaseError('REQUEST_INVALID', `invalid/unknown release server-side apply method: ${option}`)
}

/** How records name the method. */
export const applyMethodOf = (serverSide: boolean): ApplyMethod => (serverSide ? 'ssa' : 'csa')
