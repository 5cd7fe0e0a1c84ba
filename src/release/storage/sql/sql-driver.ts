import { type Clock, errorText, type Log } from '../../../base/index.ts'
import { decodeRelease, decodeSummary, recordEncoder } from '../../codec/record.ts'
import { releaseError, releaseExists, releaseNotFound, wrapped } from '../../errors.ts'
import type { Release, ReleaseSummary } from '../../model.ts'
import type { DamagedRecord, StorageDriver } from '../driver.ts'
import { withoutSystemLabels } from '../labels.ts'
import { connectSql, hasSqlState, type SqlRow } from './connect.ts'
import { ensureTables } from './migrations.ts'
import { type SqlSurroundings, sqlSettings } from './settings.ts'

/** What the driver needs. `namespace` is empty for all namespaces (reading only). */
export interface SqlDriverHost {
  /** HELM_DRIVER_SQL_CONNECTION_STRING */
  readonly connection: string
  readonly namespace: string
  readonly surroundings: SqlSurroundings
  readonly clock: Clock
  readonly log: Log
}

/** The type that records have in the table. */
const RECORD_TYPE = 'helm.sh/release.v1'

/** SQLSTATE of a key that is taken. */
const UNIQUE_VIOLATION = '23505'

/** Columns that a query's labels name. */
const LABEL_COLUMNS = ['modifiedAt', 'createdAt', 'version', 'status', 'owner', 'name']

/** A record with its labels, as one row. */
const RECORDS = `SELECT key, namespace, version, body,
  (SELECT json_object_agg(l.key, l.value) FROM custom_labels_v1 l
    WHERE l.releaseKey = r.key AND l.releaseNamespace = r.namespace) AS labels
  FROM releases_v1 r`.replace(/\s+/g, ' ')

/**
 * Records in PostgreSQL, in the tables that Helm's SQL driver makes; connects at once and makes them where they are missing.
 * Each operation is one statement, so that none is half done. Unlike Helm's, listing all namespaces knows the labels of
 * records, and a lost database is not taken for a missing release.
 */
export async function openSqlDriver(host: SqlDriverHost): Promise<StorageDriver> {
  const { namespace, surroundings, clock, log } = host
  const connection = await connectSql(sqlSettings(host.connection, surroundings), surroundings)
  try {
    await ensureTables(connection)
  } catch (error) {
    await connection.close()
    throw error
  }
  const encoder = recordEncoder()
  const seconds = (): number => Math.floor(clock.nowMs() / 1000)
  const select = async (conditions: readonly [column: string, value: string][]): Promise<readonly SqlRow[]> => {
    const all = namespace === '' ? conditions : [...conditions, ['namespace', namespace] as const]
    const where = all.map(([column], index) => `r.${column} = $${index + 1}`).join(' AND ')
    return connection.query(
      where === '' ? RECORDS : `${RECORDS} WHERE ${where}`,
      all.map(([, value]) => value),
    )
  }
  const readable = <T extends ReleaseSummary>(
    rows: readonly SqlRow[],
    decode: (body: string) => T,
    labels: (row: SqlRow, release: T) => Record<string, string> = customLabels,
  ): T[] =>
    rows.flatMap((row) => {
      try {
        const release = decode(String(row.body))
        return [{ ...release, labels: labels(row, release) }]
      } catch (error) {
        const attributes = [
          ['key', row.key],
          ['error', errorText(error)],
        ] as const
        log({ level: 'DEBUG', message: 'failed to decode release', attributes })
        return []
      }
    })
  const drop = async (key: string): Promise<SqlRow | undefined> => {
    const [row] = await connection.query(
      `WITH gone AS (DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2 RETURNING body),
        labels AS (DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2 RETURNING key, value)
        SELECT body, (SELECT json_object_agg(key, value) FROM labels) AS labels FROM gone`.replace(/\s+/g, ' '),
      [key, namespace],
    )
    return row
  }
  return {
    name: 'SQL',
    async get(key) {
      const [row] = await select([['key', key]])
      if (row === undefined) throw releaseNotFound()
      return { ...decodeRelease(String(row.body)), labels: customLabels(row) }
    },
    async list() {
      return readable(await select([['owner', 'helm']]), decodeSummary, (row, release) => ({
        ...customLabels(row),
        name: release.name,
        owner: 'helm',
        status: release.info.status,
        version: String(release.version),
      }))
    },
    async query(labels) {
      const names = Object.keys(labels).sort()
      const unknown = names.find((name) => !LABEL_COLUMNS.includes(name))
      if (unknown !== undefined) throw releaseError('STORAGE', `unknown label ${unknown}`)
      const rows = await select(names.map((name) => [name, labels[name] ?? '']))
      const releases = readable(rows, decodeRelease)
      if (releases.length === 0) throw releaseNotFound()
      return releases
    },
    prepare: (release) => encoder.prepare(release),
    async create(key, release) {
      const body = encoder.encode(release)
      const place = placeOf(release)
      try {
        await connection.query(
          `WITH record AS (INSERT INTO releases_v1
            (key, type, body, name, namespace, version, status, owner, createdAt)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 'helm', $8) RETURNING key, namespace)
            INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value)
            SELECT record.key, record.namespace, label.key, label.value
            FROM record, json_each_text($9::json) AS label`.replace(/\s+/g, ' '),
          [
            key,
            RECORD_TYPE,
            body,
            release.name,
            place,
            release.version,
            release.info.status,
            seconds(),
            JSON.stringify(withoutSystemLabels(release.labels)),
          ],
        )
      } catch (error) {
        if (!hasSqlState(error, UNIQUE_VIOLATION)) throw error
        // The answer to our own write may have been lost with a connection.
        const stored = await connection.query('SELECT body FROM releases_v1 WHERE key = $1 AND namespace = $2', [
          key,
          place,
        ])
        if (stored[0]?.body !== body) throw releaseExists()
      }
    },
    async update(key, release) {
      await connection.query(
        `UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4, owner = 'helm', modifiedAt = $5
          WHERE key = $6 AND namespace = $7`.replace(/\s+/g, ' '),
        [encoder.encode(release), release.name, release.version, release.info.status, seconds(), key, placeOf(release)],
      )
    },
    async delete(key) {
      const row = await drop(key)
      if (row === undefined) throw releaseNotFound()
      try {
        decodeRelease(String(row.body))
      } catch (error) {
        throw wrapped('STORAGE', `failed to decode data ${JSON.stringify(key)}`, error)
      }
    },
    async damaged(release) {
      const rows = await select([
        ['name', release],
        ['owner', 'helm'],
      ])
      return rows.flatMap((row): DamagedRecord[] => {
        try {
          decodeRelease(String(row.body))
          return []
        } catch (error) {
          return [{ key: String(row.key), revision: String(row.version), reason: errorText(error) }]
        }
      })
    },
    async drop(key) {
      await drop(key)
    },
    close: () => connection.close(),
  }
}

const placeOf = (release: Release): string => (release.namespace === '' ? 'default' : release.namespace)

function customLabels(row: SqlRow): Record<string, string> {
  return withoutSystemLabels((row.labels ?? {}) as Record<string, string>)
}
