import type { CatalogEntry } from './catalog-entry.ts'
import { clusterCatalog } from './commands/cluster/catalog.ts'
import { releaseCatalog } from './commands/release/catalog.ts'

/** The program itself. */
export const rootEntry: CatalogEntry = {
  path: '',
  summary: 'Installs, upgrades and rolls back Helm charts, and brings the cluster to do it on',
  description: `Installs, upgrades and rolls back Helm charts, on any Kubernetes cluster or on a bundled one.

Often used:
- $0 search repo     find charts in the repositories you added
- $0 pull            download a chart
- $0 install         install a chart as a release
- $0 list            list releases

Files are kept where Helm keeps them, so both programs share repositories and logins:
HELM_CACHE_HOME, HELM_CONFIG_HOME and HELM_DATA_HOME, else the XDG folders with /helm.
CHARTCTL_HOME holds the bundled clusters. KUBECONFIG names the kubeconfig files.
HELM_DRIVER chooses how releases are stored: secret (the default), configmap, memory or sql
(HELM_DRIVER_SQL_CONNECTION_STRING says where).
HELM_NAMESPACE, HELM_KUBECONTEXT, HELM_KUBETOKEN and the other HELM_KUBE… variables are defaults of the flags below.
NO_COLOR and HELM_COLOR switch colours off or on, HELM_NO_PLUGINS=1 switches plugins off, HELM_DEBUG=true logs in detail.
`,
}

/** Every command. The only list of commands: find, help and completion read it; a module is imported when it is chosen. */
export const catalog: readonly CatalogEntry[] = [
  ...releaseCatalog,
  ...clusterCatalog.map((entry) => ({ ...entry, beyondHelm: true })),
  {
    path: 'completion',
    summary: 'print a completion script for a shell',
    description: 'Prints a script that completes commands, flags and arguments in your shell.',
  },
  {
    path: 'completion bash',
    summary: 'completion script for bash',
    load: async () => (await import('./commands/self/completion.ts')).completionBash,
  },
  {
    path: 'completion fish',
    summary: 'completion script for fish',
    load: async () => (await import('./commands/self/completion.ts')).completionFish,
  },
  {
    path: 'completion powershell',
    summary: 'completion script for PowerShell',
    load: async () => (await import('./commands/self/completion.ts')).completionPowershell,
  },
  {
    path: 'completion zsh',
    summary: 'completion script for zsh',
    load: async () => (await import('./commands/self/completion.ts')).completionZsh,
  },
  {
    path: 'create',
    summary: 'create a chart with the usual files',
    load: async () => (await import('./commands/chart/create.ts')).createCommand,
  },
  {
    path: 'dependency',
    aliases: ['dep', 'dependencies'],
    summary: "manage a chart's dependencies",
    description: `Works on what Chart.yaml lists under dependencies: charts that are kept in the folder charts/.
Each has a name, a version or range of versions, and a repository (a URL, file://PATH, @name or alias:name).`,
  },
  {
    path: 'dependency build',
    summary: 'fill charts/ with the versions that Chart.lock names',
    load: async () => (await import('./commands/dependency/build.ts')).dependencyBuild,
  },
  {
    path: 'dependency list',
    aliases: ['ls'],
    summary: 'list the dependencies of a chart and their state',
    load: async () => (await import('./commands/dependency/list.ts')).dependencyList,
  },
  {
    path: 'dependency update',
    aliases: ['up'],
    summary: 'resolve the dependencies in Chart.yaml, fill charts/, write Chart.lock',
    load: async () => (await import('./commands/dependency/update.ts')).dependencyUpdate,
  },
  {
    path: 'docs',
    summary: "write a chart's README from its metadata, values and schema",
    beyondHelm: true,
    load: async () => (await import('./commands/chart/docs.ts')).docsCommand,
  },
  {
    path: 'env',
    summary: 'print the settings that the environment gives',
    load: async () => (await import('./commands/self/env.ts')).envCommand,
  },
  {
    path: 'help',
    summary: 'help about any command',
    load: async (root) => (await import('./commands/self/help.ts')).createHelpCommand(root),
  },
  {
    path: 'lint',
    summary: 'look for problems in a chart',
    load: async () => (await import('./commands/chart/lint.ts')).lintCommand,
  },
  {
    path: 'package',
    summary: 'pack a chart folder into an archive',
    load: async () => (await import('./commands/chart/package.ts')).packageCommand,
  },
  {
    path: 'plugin',
    summary: 'install, list and remove plugins',
    description: 'Works on plugins: programs that add commands, download schemes and post-renderers.',
  },
  {
    path: 'plugin install',
    aliases: ['add'],
    summary: 'install a plugin',
    load: async () => (await import('./commands/plugin/install.ts')).pluginInstall,
  },
  {
    path: 'plugin list',
    aliases: ['ls'],
    summary: 'list the plugins',
    load: async () => (await import('./commands/plugin/list.ts')).pluginList,
  },
  {
    path: 'plugin package',
    summary: 'pack a plugin folder into an archive',
    load: async () => (await import('./commands/plugin/package.ts')).pluginPackage,
  },
  {
    path: 'plugin uninstall',
    aliases: ['rm', 'remove'],
    summary: 'remove plugins',
    load: async () => (await import('./commands/plugin/uninstall.ts')).pluginUninstall,
  },
  {
    path: 'plugin update',
    aliases: ['up'],
    summary: 'update plugins',
    load: async () => (await import('./commands/plugin/update.ts')).pluginUpdate,
  },
  {
    path: 'plugin verify',
    summary: "check a plugin's signature",
    load: async () => (await import('./commands/plugin/verify.ts')).pluginVerify,
  },
  {
    path: 'pull',
    aliases: ['fetch'],
    summary: 'download a chart, and unpack it if you like',
    load: async () => (await import('./commands/chart/pull.ts')).pullCommand,
  },
  {
    path: 'push',
    summary: 'upload a chart to a registry',
    load: async () => (await import('./commands/registry/push.ts')).pushCommand,
  },
  {
    path: 'registry',
    summary: 'log in to and out of registries',
    description: 'Works on the logins to OCI registries.',
  },
  {
    path: 'registry login',
    summary: 'log in to a registry',
    load: async () => (await import('./commands/registry/login.ts')).registryLogin,
  },
  {
    path: 'registry logout',
    summary: 'log out of a registry',
    load: async () => (await import('./commands/registry/logout.ts')).registryLogout,
  },
  {
    path: 'repo',
    summary: 'add, list, update, remove and index chart repositories',
    description: 'Works on chart repositories: adds, lists, updates and removes them, and writes their index.',
  },
  {
    path: 'repo add',
    summary: 'add a chart repository',
    load: async () => (await import('./commands/repo/add.ts')).repoAdd,
  },
  {
    path: 'repo index',
    summary: 'write an index file for a folder of packed charts',
    load: async () => (await import('./commands/repo/index-folder.ts')).repoIndex,
  },
  {
    path: 'repo list',
    aliases: ['ls'],
    summary: 'list the chart repositories',
    load: async () => (await import('./commands/repo/list.ts')).repoList,
  },
  {
    path: 'repo remove',
    aliases: ['rm'],
    summary: 'remove chart repositories',
    load: async () => (await import('./commands/repo/remove.ts')).repoRemove,
  },
  {
    path: 'repo update',
    aliases: ['up'],
    summary: 'fetch the newest indexes of the chart repositories',
    load: async () => (await import('./commands/repo/update.ts')).repoUpdate,
  },
  {
    path: 'search',
    summary: 'search for charts',
    description: 'Searches for charts, on a hub or in the repositories you added.',
  },
  {
    path: 'search hub',
    summary: 'search Artifact Hub or your own hub',
    load: async () => (await import('./commands/search/hub.ts')).searchHub,
  },
  {
    path: 'search repo',
    summary: 'search the repositories you added',
    load: async () => (await import('./commands/search/repo.ts')).searchRepo,
  },
  {
    path: 'show',
    aliases: ['inspect'],
    summary: 'show what a chart holds',
    description: 'Shows parts of a chart: its definition, default values, README, CRDs.',
  },
  {
    path: 'show all',
    summary: 'show everything about a chart',
    load: async () => (await import('./commands/show/show.ts')).showAll,
  },
  {
    path: 'show chart',
    summary: "show the chart's definition",
    load: async () => (await import('./commands/show/show.ts')).showChart,
  },
  {
    path: 'show crds',
    summary: "show the chart's CRDs",
    load: async () => (await import('./commands/show/show.ts')).showCrds,
  },
  {
    path: 'show readme',
    summary: "show the chart's README",
    load: async () => (await import('./commands/show/show.ts')).showReadme,
  },
  {
    path: 'show values',
    summary: "show the chart's default values",
    load: async () => (await import('./commands/show/show.ts')).showValues,
  },
  {
    path: 'template',
    summary: 'render templates without installing them',
    load: async () => (await import('./commands/chart/template.ts')).templateCommand,
  },
  {
    path: 'verify',
    summary: "check a chart archive's signature",
    load: async () => (await import('./commands/chart/verify.ts')).verifyCommand,
  },
  {
    path: 'version',
    summary: 'print the version',
    load: async () => (await import('./commands/self/version.ts')).versionCommand,
  },
  {
    path: '__complete',
    summary: 'complete a command line, for the completion scripts',
    hidden: true,
    load: async (root) => (await import('./commands/self/complete.ts')).createCompleteCommand(root, true),
  },
  {
    path: '__completeNoDesc',
    summary: 'complete a command line without descriptions',
    hidden: true,
    load: async (root) => (await import('./commands/self/complete.ts')).createCompleteCommand(root, false),
  },
]
