import type { CatalogEntry } from '../../catalog-entry.ts'

/** Commands on the bundled clusters. */
export const clusterCatalog: readonly CatalogEntry[] = [
  {
    path: 'cluster',
    summary: 'start, stop and look at the bundled cluster',
    description: `Works on bundled clusters: Kubernetes-compatible servers with simulated nodes, one process each, reached over
HTTPS on this machine. A command that needs a cluster starts one by itself where no other is configured.`,
  },
  {
    path: 'cluster backup',
    summary: 'write everything a cluster stores into a file',
    load: async () => (await import('./backup.ts')).clusterBackup,
  },
  {
    path: 'cluster delete',
    summary: 'stop a cluster and remove its data',
    load: async () => (await import('./delete.ts')).clusterDelete,
  },
  {
    path: 'cluster kubeconfig',
    summary: 'print the kubeconfig of a cluster',
    load: async () => (await import('./kubeconfig.ts')).clusterKubeconfig,
  },
  {
    path: 'cluster list',
    aliases: ['ls'],
    summary: 'list the clusters',
    load: async () => (await import('./list.ts')).clusterList,
  },
  {
    path: 'cluster logs',
    summary: "print the log of a cluster's process",
    load: async () => (await import('./logs.ts')).clusterLogs,
  },
  {
    path: 'cluster node',
    summary: 'add and remove nodes of a running cluster',
  },
  {
    path: 'cluster node add',
    summary: 'add simulated nodes',
    load: async () => (await import('./node-add.ts')).clusterNodeAdd,
  },
  {
    path: 'cluster node remove',
    aliases: ['rm', 'delete'],
    summary: 'remove nodes',
    load: async () => (await import('./node-remove.ts')).clusterNodeRemove,
  },
  {
    path: 'cluster restore',
    summary: 'make a cluster from a backup',
    load: async () => (await import('./restore.ts')).clusterRestore,
  },
  {
    path: 'cluster serve',
    summary: 'serve a cluster in the foreground',
    hidden: true,
    load: async () => (await import('./serve.ts')).clusterServe,
  },
  {
    path: 'cluster simulate',
    summary: 'make containers, nodes and the API fail, load them, move the clock',
    load: async () => (await import('./simulate.ts')).clusterSimulate,
  },
  {
    path: 'cluster start',
    summary: 'start a cluster in the background',
    load: async () => (await import('./start.ts')).clusterStart,
  },
  {
    path: 'cluster status',
    summary: 'show whether and where a cluster runs',
    load: async () => (await import('./status.ts')).clusterStatus,
  },
  {
    path: 'cluster stop',
    summary: 'stop a cluster; its data stays',
    load: async () => (await import('./stop.ts')).clusterStop,
  },
]
