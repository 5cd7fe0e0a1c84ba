import { errorText } from '../../../base/index.ts'
import { type Chart, processDependencies, validateReleaseName } from '../../../chart/index.ts'
import type { GoMap } from '../../../go/index.ts'
import {
  type Capabilities,
  defaultCapabilities,
  formatCrds,
  formatManifests,
  ManifestRenderError,
  parseKubeVersion,
  type PostRender,
  RenderError,
  type RenderedChart,
  renderProcessedChart,
} from '../../../render/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { chartCandidates } from '../../completion/candidates.ts'
import type { CliContext } from '../../context.ts'
import { parseGoBool } from '../../environment.ts'
import { commandFailed, goQuote } from '../../errors.ts'
import { chartPathFlags, develFlag } from '../../flags/chart.ts'
import { boolFlag, type FlagValues, stringArrayFlag, stringFlag, stringSliceFlag } from '../../flags/define.ts'
import { installFlags, postRendererFlags } from '../../flags/deploy.ts'
import { valuesFlags } from '../../flags/values.ts'
import { logDevelopment } from '../../repositories.ts'
import { schemaDocuments } from '../../schema-documents.ts'
import { readChartInput } from '../release/chart-input.ts'
import { ManifestWriteError, writeOutputFolder } from './output-folder.ts'
import { chooseTemplates } from './show-only.ts'

const templateFlags = {
  ...installFlags,
  ...chartPathFlags,
  ...valuesFlags,
  ...postRendererFlags,
  apiVersions: stringSliceFlag('API versions that .Capabilities.APIVersions has too (may be repeated)', [], {
    short: 'a',
  }),
  devel: develFlag,
  dryRun: stringFlag("'client' renders without a cluster, 'server' asks the cluster", 'client', { alone: 'unset' }),
  generateName: boolFlag('make up a name; NAME is then left out', false, { short: 'g' }),
  hideNotes: boolFlag('', false, {
    deprecated: "this flag has no effect for 'helm template' and will be removed in Helm 5",
  }),
  includeCrds: boolFlag('print the CRDs too'),
  isUpgrade: boolFlag('set .Release.IsUpgrade instead of .Release.IsInstall'),
  kubeVersion: stringFlag('Kubernetes version that .Capabilities.KubeVersion has'),
  nameTemplate: stringFlag('template that gives the name'),
  outputDir: stringFlag('write the manifests to files in this folder'),
  releaseName: boolFlag('with --output-dir, put the files below a folder with the name of the release'),
  renderSubchartNotes: boolFlag('', false, {
    deprecated: "this flag has no effect for 'helm template' and will be removed in Helm 5",
  }),
  replace: boolFlag('accept a name that an uninstalled release had'),
  serverSide: boolFlag('apply resources on the server', true),
  showOnly: stringArrayFlag('print only what these templates render (patterns, may be repeated)', [], { short: 's' }),
  skipTests: boolFlag('leave out test hooks'),
  validate: boolFlag('deprecated', false, { deprecated: "use '--dry-run=server' instead" }),
} as const

type TemplateFlags = FlagValues<typeof templateFlags>

/** `template` */
export const templateCommand = defineCommand({
  path: 'template',
  usage: '[NAME] [CHART]',
  description: `Renders a chart and prints its manifests, without installing anything.

No cluster is asked: --kube-version and --api-versions say what templates should see of it. With --dry-run=server the
cluster's own versions and objects are used.`,
  examples: `$0 template web ./chart -f values.yaml
$0 template web ./chart --show-only templates/deployment.yaml
$0 template web ./chart --kube-version 1.30 --api-versions monitoring.coreos.com/v1 --output-dir out`,
  args: minArgs(1),
  flags: templateFlags,
  exclusive: [
    ['forceReplace', 'forceConflicts'],
    ['force', 'forceConflicts'],
    ['validate', 'dryRun'],
  ],
  complete: (ctx, args, prefix, { generateName }) =>
    args.length === (generateName ? 0 : 1) ? chartCandidates(ctx, prefix, { files: true }) : { candidates: [] },
  async run(ctx, args, flags) {
    ctx.beforeWork()
    const capabilities = capabilitiesOf(flags)
    const server = flags.validate || isServerRun(ctx, flags.dryRun)
    ctx.log.debug('Original chart version', { version: flags.version })
    logDevelopment(ctx, flags)
    const postRender = flags.postRenderer === '' ? undefined : await postRenderer(ctx, flags)
    const { name, chart } = await nameAndChart(args, flags, ctx)
    const input = await readChartInput(ctx, chart, flags, { mustBeInstallable: true })
    if (server) {
      const { renderOnServer } = await import('./template-server.ts')
      return print(ctx, await renderOnServer(ctx, { ...input, name, postRender }, flags), undefined, flags)
    }
    checkName(ctx, name)
    const processed = processChart(ctx, input.chart, input.values)
    try {
      const rendered = await render(
        ctx,
        { name, chart: processed, values: input.values, capabilities, postRender },
        flags,
      )
      print(ctx, outputOf(rendered, name, flags, ctx), undefined, flags)
    } catch (error) {
      if (!(error instanceof RenderError || error instanceof ManifestWriteError)) throw error
      if (!ctx.settings.debug)
        throw commandFailed(`${error.message}\n\nUse --debug flag to render out invalid YAML`, error)
      const manifest = error instanceof ManifestRenderError ? error.manifest : ''
      print(ctx, { manifest, hooks: [] }, error, flags)
    }
  },
})

/** What a rendered release prints: the manifests as one text, and its hooks, each with its source line. */
export interface TemplateOutput {
  readonly manifest: string
  readonly hooks: readonly string[]
}

function capabilitiesOf(flags: TemplateFlags): Capabilities {
  let { kubeVersion } = defaultCapabilities
  if (flags.kubeVersion !== '') {
    try {
      kubeVersion = parseKubeVersion(flags.kubeVersion)
    } catch (error) {
      throw commandFailed(`invalid kube version '${flags.kubeVersion}': ${errorText(error)}`, error)
    }
  }
  return { kubeVersion, apiVersions: [...defaultCapabilities.apiVersions, ...flags.apiVersions] }
}

/** `--dry-run` of template: always a dry run, so `none` and false are refused. */
function isServerRun(ctx: CliContext, value: string): boolean {
  if (value === 'unset') ctx.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'")
  if (value === 'unset' || value === 'client') return false
  if (value === 'server') return true
  const bool = parseGoBool(value)
  if (bool === undefined && value !== 'none') {
    throw commandFailed(`invalid dry-run value (${goQuote(value)}). Must be "none", "server", or "client"`)
  }
  if (bool !== true) throw commandFailed(`invalid dry-run value (${goQuote(value)}). Must be "server" or "client"`)
  ctx.warn(`boolean '--dry-run=${value}' flag is deprecated and must be replaced with '--dry-run=client'`)
  return false
}

async function nameAndChart(
  args: readonly string[],
  flags: TemplateFlags,
  ctx: CliContext,
): Promise<{ readonly name: string; readonly chart: string }> {
  const [first = '', second] = args
  if (args.length > 2) {
    throw commandFailed(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(', ')}`)
  }
  if (second === undefined) {
    if (flags.nameTemplate === '') return { name: 'release-name', chart: first }
    const { renderNameTemplate } = await import('../../go-template.ts')
    return { name: renderNameTemplate(flags.nameTemplate, ctx.host), chart: first }
  }
  if (flags.generateName) throw commandFailed('cannot set --generate-name and also specify a name')
  if (flags.nameTemplate !== '') throw commandFailed('cannot set --name-template and also specify a name')
  return { name: first, chart: second }
}

function checkName(ctx: CliContext, name: string): void {
  try {
    validateReleaseName(name)
  } catch (error) {
    const text = `release name ${goQuote(name)}: ${errorText(error)}`
    ctx.log.error('release name check failed', { error: text })
    throw commandFailed(`release name check failed: ${text}`, error)
  }
}

function processChart(ctx: CliContext, chart: Chart, values: GoMap): Chart {
  try {
    return processDependencies(chart, values, ctx.log.asLog())
  } catch (error) {
    ctx.log.error('chart dependencies processing failed', { error: errorText(error) })
    throw commandFailed(`chart dependencies processing failed: ${errorText(error)}`, error)
  }
}

interface Subject {
  readonly name: string
  readonly chart: Chart
  readonly values: GoMap
  readonly capabilities: Capabilities
  readonly postRender: PostRender | undefined
}

async function render(ctx: CliContext, subject: Subject, flags: TemplateFlags): Promise<RenderedChart> {
  const { name, chart, values, capabilities, postRender } = subject
  const namespace = await ctx.namespace()
  if (flags.labels.size > 0) {
    const { checkLabels } = await import('../../../release/index.ts')
    checkLabels(Object.fromEntries(flags.labels))
  }
  return schemaDocuments(ctx)(ctx.log.asLog(), (schema, log) =>
    renderProcessedChart(chart, values, {
      release: { name, namespace, revision: 1, isUpgrade: flags.isUpgrade },
      host: ctx.host,
      capabilities,
      log,
      enableDns: flags.enableDns,
      skipSchemaValidation: flags.skipSchemaValidation,
      schema,
      ...(postRender === undefined ? {} : { postRender }),
    }),
  )
}

async function postRenderer(ctx: CliContext, flags: TemplateFlags): Promise<PostRender> {
  const { findPostRenderer } = await import('../../plugins/post-renderer.ts')
  return findPostRenderer(ctx, flags.postRenderer, flags.postRendererArgs)
}

/** The output; with `--output-dir` the files are written here and only hooks are left to print (none, as they are written too). */
function outputOf(rendered: RenderedChart, name: string, flags: TemplateFlags, ctx: CliContext): TemplateOutput {
  const hooks = rendered.hooks.filter((hook) => !flags.noHooks && !(flags.skipTests && hook.events.includes('test')))
  if (flags.outputDir !== '') {
    writeOutputFolder(
      ctx,
      { ...rendered, hooks },
      {
        folder: flags.outputDir,
        subFolder: flags.releaseName ? name : '',
        includeCrds: flags.includeCrds,
      },
    )
    return { manifest: '', hooks: [] }
  }
  const crds = flags.includeCrds ? formatCrds(rendered.chart) : ''
  return {
    manifest: crds + formatManifests(rendered.manifests),
    hooks: hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`),
  }
}

/** Prints everything, or what `--show-only` chooses; `failure` is raised afterwards. */
function print(ctx: CliContext, output: TemplateOutput, failure: Error | undefined, flags: TemplateFlags): void {
  const text = `${output.manifest.trim()}\n${output.hooks.join('')}`
  if (flags.showOnly.length === 0) ctx.print(text)
  else {
    const chosen = chooseTemplates(text, flags.showOnly)
    if (typeof chosen === 'string') throw failure ?? commandFailed(`could not find template ${chosen} in chart`)
    for (const manifest of chosen) ctx.print(`---\n${manifest}\n`)
  }
  if (failure !== undefined) throw failure
}
