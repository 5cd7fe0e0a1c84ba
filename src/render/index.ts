/**
 * A chart and values in, manifests, hooks and notes out. It reads no files and talks to no cluster: `lookup` and post-renderers
 * are handed in. Begin with render.ts; the engine (scopes, template order, error texts) is engine.ts.
 */
export { KeysPending, RepeatableKeys } from '../funcs/index.ts'
export {
  type Capabilities,
  constraintVersion,
  defaultCapabilities,
  defaultKubeVersion,
  type HelmBuild,
  helmBuild,
  type KubeVersion,
  parseKubeVersion,
} from './capabilities.ts'
export type { LookupFunction } from './engine-functions.ts'
export { RenderError, type RenderErrorCode } from './errors.ts'
export { compileGlob } from './glob.ts'
export type { PostRender, PostRenderStrategy } from './post-render.ts'
export {
  formatCrds,
  formatManifests,
  formatTemplateOutput,
  ManifestRenderError,
  type RenderedChart,
  type RenderOptions,
  renderChart,
  renderFiles,
  renderProcessedChart,
} from './render.ts'
export type { ReleaseInfo } from './scope.ts'
