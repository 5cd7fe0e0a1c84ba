import { closedCompletion, defineCommand, maxArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'

/** `env` */
export const envCommand = defineCommand({
  path: 'env',
  description: 'Prints the variables and paths in use, or the one that is named.',
  examples: '$0 env\n$0 env HELM_REPOSITORY_CACHE',
  args: maxArgs(1),
  flags: {},
  complete: async (ctx, args) =>
    args.length > 0 ? closedCompletion : { candidates: Object.keys(await environmentVariables(ctx)).sort() },
  async run(ctx, [name]) {
    const variables = await environmentVariables(ctx)
    if (name !== undefined) return ctx.printLine(variables[name] ?? '')
    for (const key of Object.keys(variables).sort()) ctx.printLine(`${key}="${variables[key]}"`)
  },
})

/** The variables that plugins get and `env` prints. As Helm 4 `EnvSettings.EnvVars`. */
export async function environmentVariables(ctx: CliContext): Promise<Record<string, string>> {
  const { settings, folders } = ctx
  const variables: Record<string, string> = {
    HELM_BIN: ctx.programPath,
    HELM_CACHE_HOME: folders.cache,
    HELM_CONFIG_HOME: folders.config,
    HELM_DATA_HOME: folders.data,
    HELM_DEBUG: String(settings.debug),
    HELM_PLUGINS: settings.pluginsDirectory,
    HELM_REGISTRY_CONFIG: settings.registryConfig,
    HELM_REPOSITORY_CACHE: settings.repositoryCache,
    HELM_CONTENT_CACHE: settings.contentCache,
    HELM_REPOSITORY_CONFIG: settings.repositoryConfig,
    HELM_NAMESPACE: await ctx.namespace(),
    HELM_MAX_HISTORY: String(settings.maxHistory),
    HELM_BURST_LIMIT: String(settings.burstLimit),
    HELM_QPS: settings.qps.toFixed(2),
    HELM_KUBECONTEXT: settings.kubeContext,
    HELM_KUBETOKEN: settings.kubeToken,
    HELM_KUBEASUSER: settings.kubeAsUser,
    HELM_KUBEASGROUPS: groupsReadTwice(ctx).join(','),
    HELM_KUBEAPISERVER: settings.kubeApiserver,
    HELM_KUBECAFILE: settings.kubeCaFile,
    HELM_KUBEINSECURE_SKIP_TLS_VERIFY: String(settings.kubeInsecureSkipTlsVerify),
    HELM_KUBETLS_SERVER_NAME: settings.kubeTlsServerName,
  }
  if (settings.kubeconfig !== '' && settings.kubeconfig !== ctx.env.KUBECONFIG)
    variables.KUBECONFIG = settings.kubeconfig
  return variables
}

/** Helm reads the global flags before it knows the command, and again with it, so that groups given as flags stand there twice. */
function groupsReadTwice(ctx: CliContext): readonly string[] {
  const { kubeAsGroup } = ctx.settings
  return ctx.isGiven('kubeAsGroup') ? [...kubeAsGroup, ...kubeAsGroup] : kubeAsGroup
}
