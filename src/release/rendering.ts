import type { Chart } from '../chart/index.ts'
import type { GoMap } from '../go/index.ts'
import type { Hook } from '../manifest/index.ts'
import type { DeployRequest } from './actions/request.ts'
import { releaseError } from './errors.ts'
import type { ReleasePorts } from './ports.ts'

/** What templates learn about the release. */
export interface RenderSubject {
  readonly namespace: string
  readonly revision: number
  readonly isUpgrade: boolean
  readonly chart: Chart
  readonly values: GoMap
}

/** Values that passed the chart's schema, with the capabilities to render against. */
export interface RenderScope {
  readonly subject: RenderSubject
}

/** A chart rendered for a release. */
export interface RenderedRelease {
  readonly hooks: Hook[]
  readonly manifest: string
  readonly notes: string
}

/** Finds the capabilities of the cluster (the built-in ones for a client-side dry run) and checks values by schema. */
export async function renderScope(
  _ports: ReleasePorts,
  _request: DeployRequest,
  subject: RenderSubject,
  _signal: AbortSignal | undefined,
): Promise<RenderScope> {
  return { subject }
}

/** Renders templates, passes them through the post-renderer and sorts hooks from manifests. */
export async function renderTemplates(
  _ports: ReleasePorts,
  _request: DeployRequest,
  _scope: RenderScope,
  _signal: AbortSignal | undefined,
): Promise<RenderedRelease> {
  throw releaseError('RENDER', 'rendering is not available')
}
