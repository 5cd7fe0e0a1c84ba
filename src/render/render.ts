import { type Host, type Log, silentLog } from '../base/index.ts'
import {
  type Chart,
  type ChartFile,
  coalesceValues,
  processDependencies,
  type SchemaOptions,
  validateValues,
} from '../chart/index.ts'
import { createFunctionMap } from '../funcs/index.ts'
import { compareStrings, type GoMap, trimSpace } from '../go/index.ts'
import {
  hiddenSecret,
  type Hook,
  installOrder,
  type Manifest,
  SortError,
  sortManifests,
  withSourceHeader,
} from '../manifest/index.ts'
import type { FunctionMap } from '../template/index.ts'
import { satisfies } from '../version/index.ts'
import { type Capabilities, constraintVersion, defaultCapabilities } from './capabilities.ts'
import { renderTemplates } from './engine.ts'
import { engineFunctions, type LookupFunction } from './engine-functions.ts'
import { RenderError, renderError } from './errors.ts'
import { takeNotes } from './notes.ts'
import { type PostRender, postRender } from './post-render.ts'
import { collectTemplates, type ReleaseInfo } from './scope.ts'

/** How a chart is rendered. */
export interface RenderOptions {
  readonly release: ReleaseInfo
  /** Random numbers, time and environment of the functions. */
  readonly host: Host
  readonly capabilities?: Capabilities
  readonly log?: Log
  readonly strict?: boolean
  readonly lint?: boolean
  /** Answers `lookup`; absent: nothing is found. */
  readonly lookup?: LookupFunction
  /** `getHostByName` asks the network. */
  readonly enableDns?: boolean
  /** Notes of sub-charts are added to those of the chart. */
  readonly subNotes?: boolean
  readonly skipSchemaValidation?: boolean
  /** `kubeVersion` of the chart is not checked. */
  readonly ignoreKubeVersion?: boolean
  readonly schema?: SchemaOptions
  /** Which templates are rendered, of those that are no partials; absent: all of them. */
  readonly only?: (file: ChartFile) => boolean
  /** Changes the rendered documents before they are sorted. */
  readonly postRender?: PostRender
}

/** A rendered chart. */
export interface RenderedChart {
  /** Documents that are no hooks, in the order of installation. */
  readonly manifests: readonly Manifest[]
  readonly hooks: readonly Hook[]
  readonly notes: string
  /** The chart with aliases, conditions and imported values applied. */
  readonly chart: Chart
}

/** A chart whose output cannot be sorted; `manifest` is all of it, for people who look for the mistake. */
export class ManifestRenderError extends RenderError {
  readonly manifest: string
  constructor(cause: Error, manifest: string) {
    super('RENDER_MANIFEST', cause.message, {}, cause)
    this.manifest = manifest
  }
}

/**
 * Renders a chart with values: dependencies, coalescing, schemas, templates, post-renderer, sorting. The chart is not changed.
 * As `helm template`, without printing: `formatManifests` and `formatHooks` give its text.
 */
export async function renderChart(chart: Chart, values: GoMap, options: RenderOptions): Promise<RenderedChart> {
  const processed = processDependencies(chart.deepCopy(), values, options.log ?? silentLog)
  return renderProcessedChart(processed, values, options)
}

/** As `renderChart` for a chart whose dependencies are processed already. */
export async function renderProcessedChart(
  chart: Chart,
  values: GoMap,
  options: RenderOptions,
): Promise<RenderedChart> {
  const rendered = renderFiles(chart, values, options)
  const notes = takeNotes(rendered, chart.name, options.subNotes ?? false)
  const files = options.postRender ? await postRender(rendered, options.postRender, options.log) : rendered
  try {
    return { ...sortManifests(files, installOrder, options.log), notes, chart }
  } catch (error) {
    if (error instanceof SortError) throw new ManifestRenderError(error, dumpFiles(files))
    throw error
  }
}

/** All rendered templates by path, NOTES.txt and blank ones too. Values are coalesced and checked against the schemas first. */
export function renderFiles(chart: Chart, values: GoMap, options: RenderOptions): Map<string, string> {
  const log = options.log ?? silentLog
  const capabilities = options.capabilities ?? defaultCapabilities
  const coalesced = coalesceValues(chart, values, log)
  if (!options.skipSchemaValidation) validateValues(chart, coalesced, { log, ...options.schema })
  if (!options.ignoreKubeVersion) checkKubeVersion(chart, capabilities)
  let first: GoMap | undefined = coalesced
  const collect = (): ReturnType<typeof collectTemplates> => {
    const fresh = first ?? coalesceValues(chart, values, silentLog)
    first = undefined
    return collectTemplates(chart, fresh, options.release, capabilities)
  }
  const base = baseFunctions(options.host, options.enableDns ?? false)
  const functions = (to: Log): FunctionMap =>
    engineFunctions(base, { lint: options.lint ?? false, lookup: options.lookup, log: to })
  return renderTemplates(collect, { functions, log, strict: options.strict ?? false, only: options.only })
}

function checkKubeVersion(chart: Chart, capabilities: Capabilities): void {
  const constraint = chart.metadata.kubeVersion
  const { kubeVersion } = capabilities
  if (constraint === '' || satisfies(constraintVersion(kubeVersion), constraint)) return
  throw renderError(
    'RENDER_KUBE_VERSION',
    `chart requires kubeVersion: ${constraint} which is incompatible with Kubernetes ${kubeVersion.version}`,
  )
}

const functionMaps = new WeakMap<Host, FunctionMap>()

function baseFunctions(host: Host, enableDns: boolean): FunctionMap {
  let functions = functionMaps.get(host)
  if (!functions) {
    functions = createFunctionMap(host)
    functionMaps.set(host, functions)
  }
  if (enableDns) return functions
  return new Map([...functions, ['getHostByName', { params: ['string'], result: 'string', call: () => '' }]])
}

/** The documents as stored manifests and `helm template` show them. `hideSecrets` leaves out the content of Secrets. */
export function formatManifests(
  manifests: readonly Manifest[],
  options: { readonly hideSecrets?: boolean } = {},
): string {
  return manifests
    .map(({ path, content, head }) =>
      options.hideSecrets && head.kind === 'Secret' && head.apiVersion === 'v1'
        ? hiddenSecret(path)
        : withSourceHeader(path, content),
    )
    .join('')
}

/** The CRDs of a chart and its sub-charts as `--include-crds` shows them. */
export function formatCrds(chart: Chart): string {
  return chart.crds
    .map(({ filename, file }) => withSourceHeader(filename, Buffer.from(file.data).toString('utf8')))
    .join('')
}

/** What `helm template` prints: CRDs (when wanted) and manifests without blanks around them, then the hooks. */
export function formatTemplateOutput(
  rendered: RenderedChart,
  options: { readonly includeCrds?: boolean; readonly skipTests?: boolean; readonly hooks?: boolean } = {},
): string {
  const manifest = (options.includeCrds ? formatCrds(rendered.chart) : '') + formatManifests(rendered.manifests)
  const hooks = rendered.hooks.filter((hook) => !options.skipTests || !hook.events.includes('test'))
  const shown = options.hooks === false ? [] : hooks.map((hook) => withSourceHeader(hook.path, hook.manifest))
  return `${trimSpace(manifest)}\n${shown.join('')}`
}

function dumpFiles(files: ReadonlyMap<string, string>): string {
  return [...files.keys()]
    .sort(compareStrings)
    .filter((path) => trimSpace(files.get(path) ?? '') !== '')
    .map((path) => withSourceHeader(path, files.get(path) ?? ''))
    .join('')
}
