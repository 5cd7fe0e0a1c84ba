import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { ChartctlError } from '../base/index.ts'
import { lmdbBackend, readLmdb } from './store/index.ts'

/** What a backup file begins with. */
interface Header {
  readonly chartctlBackup: number
  readonly revision: number
  readonly createdAt: string
  /** Keys and certificates: name → base64. */
  readonly keys: Readonly<Record<string, string>>
}

interface StoredRecord {
  readonly key: string
  readonly revision: number
  readonly createRevision: number
  readonly text: string
}

const FORMAT = 1

/**
 * Writes everything that a cluster keeps on disk into one file: every object as of one moment, and the keys. The cluster may
 * run meanwhile. Gives the number of objects.
 */
export async function backupCluster(dataDir: string, file: string, nowMs: number): Promise<number> {
  const state = await readLmdb(join(dataDir, 'store'))
  const folder = join(dataDir, 'pki')
  const keys: Record<string, string> = {}
  for (const name of await readdir(folder)) keys[name] = (await readFile(join(folder, name))).toString('base64')
  const createdAt = new Date(nowMs).toISOString()
  const header: Header = { chartctlBackup: FORMAT, revision: state.revision, createdAt, keys }
  const lines = [JSON.stringify(header)]
  for (const { key, revision, createRevision, text } of state.entries()) {
    lines.push(JSON.stringify({ key, revision, createRevision, text }))
  }
  await writeFile(file, gzipSync(lines.join('\n')), { mode: 0o600 })
  return lines.length - 1
}

/** Makes a cluster's data folder from a backup; what was in it is gone. The cluster must not run. Gives the number of objects. */
export async function restoreCluster(dataDir: string, file: string): Promise<number> {
  const { header, records } = parseBackup(file, await readFile(file))
  await rm(dataDir, { recursive: true, force: true })
  await mkdir(join(dataDir, 'pki'), { recursive: true, mode: 0o700 })
  for (const [name, content] of Object.entries(header.keys)) {
    if (!/^[\w.-]+$/.test(name)) throw notABackup(file, `it holds a key of the name ${JSON.stringify(name)}`)
    await writeFile(join(dataDir, 'pki', name), Buffer.from(content, 'base64'), { mode: 0o600 })
  }
  const backend = lmdbBackend(join(dataDir, 'store'))
  await backend.load()
  try {
    const puts = records.map((record) => ({ type: 'put' as const, ...record }))
    // The newest revision may have been a deletion: no later write may get it again.
    await backend.write([...puts, { type: 'delete', key: 'restored/marker', revision: header.revision }])
  } finally {
    await backend.close()
  }
  return records.length
}

function parseBackup(file: string, bytes: Buffer): { header: Header; records: StoredRecord[] } {
  let lines: unknown[]
  try {
    lines = gunzipSync(bytes)
      .toString()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  } catch (error) {
    throw notABackup(file, 'it cannot be read', error)
  }
  const [header, ...records] = lines
  if (!isHeader(header)) throw notABackup(file, 'it does not begin as one')
  if (header.chartctlBackup > FORMAT) throw notABackup(file, 'it was made by a newer chartctl')
  if (!records.every(isRecord)) throw notABackup(file, 'an object in it is not complete')
  return { header, records }
}

function isHeader(value: unknown): value is Header {
  const header = value as Partial<Header> | null
  return (
    typeof header?.chartctlBackup === 'number' && typeof header.revision === 'number' && typeof header.keys === 'object'
  )
}

function isRecord(value: unknown): value is StoredRecord {
  const record = value as Partial<StoredRecord> | null
  return (
    typeof record?.key === 'string' &&
    typeof record.text === 'string' &&
    Number.isInteger(record.revision) &&
    Number.isInteger(record.createRevision)
  )
}

function notABackup(file: string, why: string, cause?: unknown): ChartctlError<'BACKUP_UNREADABLE'> {
  return new ChartctlError('BACKUP_UNREADABLE', `${file} is not a backup of a cluster: ${why}`, {}, cause)
}
