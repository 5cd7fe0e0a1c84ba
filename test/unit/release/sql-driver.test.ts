import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock, silentLog } from '../../../src/base/index.ts'
import { Chart, emptyMetadata } from '../../../src/chart/index.ts'
import { createStorage, openSqlDriver, type Release, type StorageDriver } from '../../../src/release/index.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'

const why = whyNoPostgres()
if (why !== undefined) console.log(`the SQL driver's tests are skipped: ${why}`)

describe.skipIf(why !== undefined)('records in PostgreSQL', () => {
  let server: PostgresServer
  const drivers: StorageDriver[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await Promise.all(drivers.map((driver) => driver.close?.()))
    await server.stop()
  })

  const open = async (namespace = 'ns'): Promise<StorageDriver> => {
    const surroundings = { env: {}, home: '', user: 'helm' }
    const { connection } = server
    const driver = await openSqlDriver({
      connection,
      namespace,
      surroundings,
      clock: manualClock(5_000_000),
      log: silentLog,
    })
    drivers.push(driver)
    return driver
  }

  /** Statements of somebody else's. */
  const ask = async (text: string): Promise<unknown[]> => {
    const [, host, user, database] = /host=(\S+) user=(\S+) dbname=(\S+)/.exec(server.connection) ?? []
    const client = new pg.Client({ host, user, database })
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(text)
    await client.end()
    return rows
  }

  test('the tables are made once, however many begin at a time, and noted where Helm looks', async () => {
    await Promise.all([open(), open(), open(), open()])
    expect(await ask('SELECT id FROM gorp_migrations ORDER BY id')).toEqual([{ id: 'custom_labels' }, { id: 'init' }])
    expect(await ask("SELECT relrowsecurity FROM pg_class WHERE relname = 'releases_v1'")).toEqual([
      { relrowsecurity: true },
    ])
  })

  test('a record is a row with its labels beside it, and comes back as it was', async () => {
    const storage = createStorage(await open())
    await storage.create(release('web', 1, 'deployed'))
    expect(await ask('SELECT key, type, name, namespace, version, status, owner, createdat FROM releases_v1')).toEqual([
      {
        key: 'sh.helm.release.v1.web.v1',
        type: 'helm.sh/release.v1',
        name: 'web',
        namespace: 'ns',
        version: 1,
        status: 'deployed',
        owner: 'helm',
        createdat: 5000,
      },
    ])
    expect(await ask('SELECT * FROM custom_labels_v1')).toEqual([
      { releasekey: 'sh.helm.release.v1.web.v1', releasenamespace: 'ns', key: 'team', value: 'red' },
    ])
    expect(await storage.get('web', 1)).toMatchObject({ version: 1, manifest: 'm', labels: { team: 'red' } })
    await storage.update({ ...release('web', 1, 'superseded') })
    await storage.create(release('web', 2, 'deployed'))
    expect((await storage.deployed('web')).version).toBe(2)
    expect(await storage.history('web')).toHaveLength(2)
    expect((await createStorage(await open('')).list())[0]?.labels).toMatchObject({ team: 'red', owner: 'helm' })
    await expect(createStorage(await open('elsewhere')).last('web')).rejects.toMatchObject({
      code: 'RELEASE_NOT_FOUND',
    })
    await storage.delete('web', 1)
    await storage.delete('web', 2)
    expect(await ask('SELECT * FROM custom_labels_v1')).toEqual([])
  })

  test('who comes second is told so, and nothing of theirs stays', async () => {
    const [one, two] = [createStorage(await open()), createStorage(await open())]
    const results = await Promise.allSettled([
      one.create(release('race', 1, 'deployed')),
      two.create({ ...release('race', 1, 'deployed'), manifest: 'other', labels: { team: 'blue' } }),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'RELEASE_EXISTS' } })
    expect(await ask("SELECT 1 FROM custom_labels_v1 WHERE releasekey LIKE '%race%'")).toHaveLength(1)
    await expect(one.delete('absent', 1)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' })
  })

  test('a connection that is cut between two statements comes back', async () => {
    const storage = createStorage(await open())
    await storage.create(release('cut', 1, 'pending-install'))
    await ask(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL',
    )
    await storage.update(release('cut', 1, 'deployed'))
    expect((await storage.last('cut')).info.status).toBe('deployed')
  })

  test('what the server refuses is said, a damaged record is named', async () => {
    const driver = await open()
    const tooLong = release('a'.repeat(65), 1, 'deployed')
    await expect(createStorage(driver).create(tooLong)).rejects.toThrow(
      'pq: value too long for type character varying(64) (22001)',
    )
    await createStorage(driver).create(release('bad', 1, 'deployed'))
    await ask("UPDATE releases_v1 SET body = 'rubbish' WHERE name = 'bad'")
    expect(await driver.damaged?.('bad')).toMatchObject([{ key: 'sh.helm.release.v1.bad.v1', revision: '1' }])
  })
})

function release(name: string, version: number, status: Release['info']['status']): Release {
  const chart = new Chart({ ...emptyMetadata(), name: 'c', version: '1.0.0', apiVersion: 'v2' })
  return {
    name,
    info: { firstDeployed: '', lastDeployed: '', deleted: '', description: 'd', status, notes: '' },
    chart,
    config: new Map(),
    manifest: 'm',
    hooks: [],
    version,
    namespace: 'ns',
    labels: { team: 'red' },
    applyMethod: 'ssa',
  }
}
