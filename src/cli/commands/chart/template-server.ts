import { install } from '../../../release/index.ts'
import type { PostRender } from '../../../render/index.ts'
import type { CliContext } from '../../context.ts'
import type { WaitStrategy } from '../../flags/deploy.ts'
import type { ChartInput } from '../release/chart-input.ts'
import { withSession } from '../release/session.ts'
import type { TemplateOutput } from './template.ts'

/** The flags of `template` that count on a server. */
export interface ServerFlags {
  readonly disableOpenapiValidation: boolean
  readonly enableDns: boolean
  readonly labels: ReadonlyMap<string, string>
  readonly noHooks: boolean
  readonly skipCrds: boolean
  readonly skipSchemaValidation: boolean
  readonly skipTests: boolean
  readonly takeOwnership: boolean
  readonly timeout: number
  readonly wait: WaitStrategy
}

/** Renders with the cluster's versions and objects, as a dry run of an installation on the server. */
export async function renderOnServer(
  ctx: CliContext,
  subject: ChartInput & { readonly name: string; readonly postRender: PostRender | undefined },
  flags: ServerFlags,
): Promise<TemplateOutput> {
  const release = await withSession(ctx, ({ ports }) =>
    install(
      ports,
      {
        name: subject.name,
        chart: subject.chart,
        values: subject.values,
        dryRun: 'server',
        hideSecret: false,
        description: '',
        labels: Object.fromEntries(flags.labels),
        timeoutMs: flags.timeout,
        waitStrategy: flags.wait,
        waitForJobs: false,
        disableHooks: flags.noHooks,
        forceReplace: false,
        forceConflicts: false,
        rollbackOnFailure: false,
        skipCrds: flags.skipCrds,
        subNotes: false,
        skipSchemaValidation: flags.skipSchemaValidation,
        disableOpenApiValidation: flags.disableOpenapiValidation,
        enableDns: flags.enableDns,
        takeOwnership: flags.takeOwnership,
        postRenderer: subject.postRender,
        serverSide: true,
        createNamespace: false,
        replace: true,
      },
      ctx.signal,
    ),
  )
  const hooks = release.hooks.filter((hook) => !flags.noHooks && !(flags.skipTests && hook.events.includes('test')))
  return { manifest: release.manifest, hooks: hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`) }
}
