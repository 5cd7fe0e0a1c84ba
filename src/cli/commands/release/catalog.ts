import type { CatalogEntry } from '../../catalog-entry.ts'

/** Commands on releases, and `get`. */
export const releaseCatalog: readonly CatalogEntry[] = [
  {
    path: 'apply',
    summary: 'do what a saved plan says',
    beyondHelm: true,
    load: async () => (await import('../plan/apply.ts')).applyCommand,
  },
  {
    path: 'diff',
    summary: 'show what an operation would change',
    description: 'Shows what an upgrade or rollback would change, and what differs between revisions and releases.',
    beyondHelm: true,
  },
  {
    path: 'diff release',
    summary: 'compare two releases',
    beyondHelm: true,
    load: async () => (await import('../diff/revision.ts')).diffReleaseCommand,
  },
  {
    path: 'diff revision',
    summary: 'compare two revisions of a release',
    beyondHelm: true,
    load: async () => (await import('../diff/revision.ts')).diffRevisionCommand,
  },
  {
    path: 'diff rollback',
    summary: 'show what a rollback would change',
    beyondHelm: true,
    load: async () => (await import('../diff/rollback.ts')).diffRollbackCommand,
  },
  {
    path: 'diff upgrade',
    summary: 'show what an upgrade would change',
    beyondHelm: true,
    load: async () => (await import('../diff/upgrade.ts')).diffUpgradeCommand,
  },
  {
    path: 'drift',
    summary: 'show what others changed in the objects of a release',
    beyondHelm: true,
    load: async () => (await import('../diff/drift.ts')).driftCommand,
  },
  {
    path: 'plan',
    summary: 'save what an operation would do, to do just that later',
    description:
      'Saves what an operation would do in a file, which the command apply carries out as long as nothing moved.',
    beyondHelm: true,
  },
  {
    path: 'plan rollback',
    summary: 'plan a rollback',
    beyondHelm: true,
    load: async () => (await import('../plan/rollback.ts')).planRollbackCommand,
  },
  {
    path: 'plan uninstall',
    summary: 'plan the removal of a release',
    beyondHelm: true,
    load: async () => (await import('../plan/uninstall.ts')).planUninstallCommand,
  },
  {
    path: 'plan upgrade',
    summary: 'plan an upgrade (or with --install an install)',
    beyondHelm: true,
    load: async () => (await import('../plan/upgrade.ts')).planUpgradeCommand,
  },
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
