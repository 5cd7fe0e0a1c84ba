import { errorText } from '../../../base/index.ts'
import { releaseError } from '../../errors.ts'
import type { SqlConnection } from './connect.ts'

/** Helm's tables, by the migrations that make them, in the order in which they run: that of their names. */
const MIGRATIONS: readonly (readonly [id: string, statements: string])[] = [
  [
    'custom_labels',
    `CREATE TABLE custom_labels_v1 (
       releaseKey VARCHAR(64),
       releaseNamespace VARCHAR(67),
       key VARCHAR(317),
       value VARCHAR(63)
     );
     CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
     GRANT ALL ON custom_labels_v1 TO PUBLIC;
     ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY`,
  ],
  [
    'init',
    `CREATE TABLE releases_v1 (
       key VARCHAR(90),
       type VARCHAR(64) NOT NULL,
       body TEXT NOT NULL,
       name VARCHAR(64) NOT NULL,
       namespace VARCHAR(64) NOT NULL,
       version INTEGER NOT NULL,
       status TEXT NOT NULL,
       owner TEXT NOT NULL,
       createdAt INTEGER NOT NULL,
       modifiedAt INTEGER NOT NULL DEFAULT 0,
       PRIMARY KEY (key, namespace)
     );
     CREATE INDEX ON releases_v1 (key, namespace);
     CREATE INDEX ON releases_v1 (version);
     CREATE INDEX ON releases_v1 (status);
     CREATE INDEX ON releases_v1 (owner);
     CREATE INDEX ON releases_v1 (createdAt);
     CREATE INDEX ON releases_v1 (modifiedAt);
     GRANT ALL ON releases_v1 TO PUBLIC;
     ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY`,
  ],
]

/** Names the lock under which tables are made, for all chartctl processes: 'chartctl' as a number. */
const SETUP_LOCK = '7163384713117988972'

/**
 * Makes the tables that are missing and notes them in `gorp_migrations`, where Helm looks for them. Each migration is one
 * transaction; processes that begin at once do not disturb each other. Rejects when a newer Helm migrated the database
 * further but not through these.
 */
export async function ensureTables(connection: SqlConnection): Promise<void> {
  const missing = await missingMigrations(connection)
  if (missing.length === 0) return
  await connection.query(
    alone('CREATE TABLE IF NOT EXISTS gorp_migrations (id TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMPTZ);'),
  )
  for (const id of missing) {
    const statements = MIGRATIONS.find(([known]) => known === id)?.[1] ?? ''
    try {
      await connection.query(migrationScript(id, statements))
    } catch (error) {
      throw releaseError('STORAGE', `${errorText(error)} handling ${id}`, error)
    }
  }
}

/** A migration that does nothing where it was run. */
function migrationScript(id: string, statements: string): string {
  return alone(`IF NOT EXISTS (SELECT 1 FROM gorp_migrations WHERE id = '${id}') THEN
      ${statements};
      INSERT INTO gorp_migrations (id, applied_at) VALUES ('${id}', now());
    END IF;`)
}

/** One statement, so that it is one transaction whatever happens to the connection; no other process runs one meanwhile. */
function alone(statements: string): string {
  return `DO $setup$ BEGIN PERFORM pg_advisory_xact_lock(${SETUP_LOCK}); ${statements} END $setup$`
}

async function missingMigrations(connection: SqlConnection): Promise<string[]> {
  const known = MIGRATIONS.map(([id]) => id)
  const [table] = await connection.query("SELECT to_regclass('gorp_migrations') IS NOT NULL AS present")
  if (table?.present !== true) return known
  const rows = await connection.query('SELECT id FROM gorp_migrations ORDER BY id')
  const applied = rows.map(({ id }) => String(id))
  const missing = known.filter((id) => !applied.includes(id))
  const strange = applied.find((id) => !known.includes(id))
  if (missing.length > 0 && strange !== undefined) {
    throw releaseError(
      'STORAGE',
      `Unable to create migration plan because of ${strange}: unknown migration in database`,
    )
  }
  return missing
}
