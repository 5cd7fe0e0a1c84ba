import type { CatalogEntry } from '../../catalog-entry.ts'

/** Commands on releases, and `get`. */
export const releaseCatalog: readonly CatalogEntry[] = [
  {
    path: 'get',
    summary: 'read what is recorded of a release',
    description: 'Reads what is recorded of a release: its values, manifest, hooks, notes and metadata.',
  },
  {
    path: 'get all',
    summary: 'show everything that is recorded of a release',
    load: async () => (await import('../get/all.ts')).getAllCommand,
  },
  {
    path: 'get hooks',
    summary: 'print the hooks of a release',
    load: async () => (await import('../get/hooks.ts')).getHooksCommand,
  },
  {
    path: 'get manifest',
    summary: 'print the manifest of a release',
    load: async () => (await import('../get/manifest.ts')).getManifestCommand,
  },
  {
    path: 'get metadata',
    summary: 'show facts about a release',
    load: async () => (await import('../get/metadata.ts')).getMetadataCommand,
  },
  {
    path: 'get notes',
    summary: 'print the notes of a release',
    load: async () => (await import('../get/notes.ts')).getNotesCommand,
  },
  {
    path: 'get values',
    summary: 'print the values of a release',
    load: async () => (await import('../get/values.ts')).getValuesCommand,
  },
  {
    path: 'history',
    aliases: ['hist'],
    summary: 'list the revisions of a release',
    load: async () => (await import('./history.ts')).historyCommand,
  },
  {
    path: 'install',
    summary: 'install a chart as a release',
    load: async () => (await import('./install.ts')).installCommand,
  },
  {
    path: 'list',
    aliases: ['ls'],
    summary: 'list releases',
    load: async () => (await import('./list.ts')).listCommand,
  },
  {
    path: 'release',
    summary: 'look after the records of a release',
    description: 'Looks after the records of releases.',
    beyondHelm: true,
  },
  {
    path: 'release repair',
    summary: 'mend what an interrupted operation left',
    beyondHelm: true,
    load: async () => (await import('./repair.ts')).repairCommand,
  },
  {
    path: 'rollback',
    summary: 'bring an earlier revision of a release back',
    load: async () => (await import('./rollback.ts')).rollbackCommand,
  },
  {
    path: 'status',
    summary: 'show the state of a release',
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    path: 'test',
    summary: 'run the tests of a release',
    load: async () => (await import('./test.ts')).testCommand,
  },
  {
    path: 'uninstall',
    aliases: ['del', 'delete', 'un'],
    summary: 'remove a release',
    suggestFor: ['remove', 'rm'],
    load: async () => (await import('./uninstall.ts')).uninstallCommand,
  },
  {
    path: 'upgrade',
    summary: 'upgrade a release',
    load: async () => (await import('./upgrade.ts')).upgradeCommand,
  },
]
