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
HELM_DRIVER chooses how releases are stored: secret (the default), configmap or memory.
HELM_NAMESPACE, HELM_KUBECONTEXT, HELM_KUBETOKEN and the other HELM_KUBE… variables are defaults of the flags below.
NO_COLOR and HELM_COLOR switch colours off or on, HELM_NO_PLUGINS=1 switches plugins off, HELM_DEBUG=true logs in detail.
`,
}

/** Every command. The only list of commands: find, help and completion read it; a module is imported when it is chosen. */
export const catalog: readonly CatalogEntry[] = [
  ...releaseCatalog,
  ...clusterCatalog,
  {
    path: 'completion',
    summary: 'print a completion script for a shell',
    description: 'Prints a script that completes commands, flags and arguments in your shell.',
  },
  {
    path: 'dependency',
    aliases: ['dep', 'dependencies'],
    summary: "manage a chart's dependencies",
    description: `Works on what Chart.yaml lists under dependencies: charts that are kept in the folder charts/.
Each has a name, a version or range of versions, and a repository (a URL, file://PATH, @name or alias:name).`,
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
    path: 'repo',
    summary: 'add, list, update, remove and index chart repositories',
    description: 'Works on chart repositories: adds, lists, updates and removes them, and writes their index.',
  },
  {
    path: 'search',
    summary: 'search for charts',
    description: 'Searches for charts, on a hub or in the repositories you added.',
  },
  {
    path: 'show',
    aliases: ['inspect'],
    summary: 'show what a chart holds',
    description: 'Shows parts of a chart: its definition, default values, README, CRDs.',
  },
  {
    path: 'version',
    summary: 'print the version',
    load: async () => (await import('./commands/self/version.ts')).versionCommand,
  },
]
