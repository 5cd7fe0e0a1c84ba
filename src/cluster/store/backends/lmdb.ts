import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { open, type RootDatabase } from 'lmdb'
import { assert, ChartctlError, isProcessRunning, processStart } from '../../../base/index.ts'
import { storeDamaged, storeLocked, storeTooNew, storeWriteFailed } from '../errors.ts'
import type { Backend, BackendChange, BackendState } from './backend.ts'

/** Layout of the records below; a higher number found on disk is refused. */
const FORMAT = 1
const DATA_FILE = 'data.mdb'
const LOCK_FILE = 'owner.json'
/** Keys of the store contain a slash, this one does not. */
const META_KEY = '!meta'
/** createRevision (8), revision (8), CRC-32 of the text (4); then the text. */
const HEADER_BYTES = 20
/** Revisions skipped after an unclean end: what was shown to readers but not yet written stays unused for ever. */
const SAFETY_GAP = 10_000

interface Meta {
  readonly format: number
  readonly revision: number
  /** False while a process has it open. */
  readonly clean: boolean
}

/**
 * A backend in an LMDB file, one record per key. A transaction that LMDB has committed is in the page cache, so it survives
 * `kill -9` of this process; it is synced to disk in the background.
 */
export function lmdbBackend(directory: string): Backend {
  let db: RootDatabase<Buffer, string> | undefined
  const opened = (): RootDatabase<Buffer, string> => {
    assert(db !== undefined, 'the LMDB backend is used before load or after close')
    return db
  }
  let revision = 0
  return {
    async load() {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      takeLock(directory)
      try {
        db = openDatabase(directory)
        const state = readState(directory, db)
        revision = state.revision
        await committed(db.put(META_KEY, encodeMeta({ format: FORMAT, revision, clean: false }))).catch((error) => {
          throw storeWriteFailed(error)
        })
        return state
      } catch (error) {
        await db?.close()
        db = undefined
        releaseLock(directory)
        throw error instanceof ChartctlError ? error : storeDamaged(directory, 'it cannot be opened', error)
      }
    },
    async write(changes) {
      const target = opened()
      const newest = changes[changes.length - 1]?.revision ?? revision
      await committed(
        target.batch(() => {
          for (const change of changes) {
            if (change.type === 'put') target.put(change.key, encodeRecord(change))
            else target.remove(change.key)
          }
          target.put(META_KEY, encodeMeta({ format: FORMAT, revision: newest, clean: false }))
        }),
      )
      revision = newest
    },
    async close() {
      const target = opened()
      try {
        await committed(target.put(META_KEY, encodeMeta({ format: FORMAT, revision, clean: true })))
        await target.flushed
      } catch {
        // A full disk: the next start takes it for an unclean end, which loses nothing.
      }
      await target.close()
      db = undefined
      releaseLock(directory)
    },
  }
}

/** Reads what is on disk as of one moment, also while another process has it open. */
export async function readLmdb(directory: string): Promise<BackendState> {
  checkFile(directory)
  const db = open<Buffer, string>({
    path: join(directory, DATA_FILE),
    encoding: 'binary',
    maxReaders: 8,
    cache: false,
    readOnly: true,
  })
  try {
    return readState(directory, db)
  } finally {
    await db.close()
  }
}

/**
 * A write's promise with the reason of a failure in it: lmdb rejects with a pointer to a second promise, which rejects with
 * the reason and would end the process if nobody took it.
 */
async function committed(writing: Promise<unknown>): Promise<void> {
  try {
    await writing
  } catch (error) {
    const { commitError } = error as { commitError?: Promise<never> }
    await commitError
    throw error
  }
}

function openDatabase(directory: string): RootDatabase<Buffer, string> {
  checkFile(directory)
  return open<Buffer, string>({
    path: join(directory, DATA_FILE),
    encoding: 'binary',
    maxReaders: 8,
    // One database, our own batching: the wrappers for caching and versions stay off.
    cache: false,
    eventTurnBatching: false,
    // A commit is on disk when it is acknowledged: with overlapping syncs LMDB goes back to the last synced one after kill -9.
    overlappingSync: false,
  })
}

/**
 * LMDB maps the file and trusts it, and a page that is not there kills the process. So the first pages are checked by hand:
 * one of the two must be a meta page, and the file must reach as far as that says.
 */
function checkFile(directory: string): void {
  const path = join(directory, DATA_FILE)
  if (!existsSync(path)) return
  const size = statSync(path).size
  const head = Buffer.alloc(4096 + 256)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  if (size < 8192) throw storeDamaged(directory, `${DATA_FILE} is too short`)
  const pages = [0, 4096].filter((at) => head.readUInt32LE(at + META_MAGIC) === MAGIC)
  if (pages.length === 0) throw storeDamaged(directory, `${DATA_FILE} is not a database`)
  const newest = pages.reduce((a, b) =>
    head.readBigUInt64LE(a + META_TXN) >= head.readBigUInt64LE(b + META_TXN) ? a : b,
  )
  const lastPage = Number(head.readBigUInt64LE(newest + META_LAST_PAGE))
  if ((lastPage + 1) * 4096 > size) throw storeDamaged(directory, `${DATA_FILE} is cut off`)
}

/** Offsets within LMDB's meta page on 64-bit machines. */
const META_MAGIC = 24
const META_LAST_PAGE = 144
const META_TXN = 152
const MAGIC = 0xbeefc0de

function readState(directory: string, db: RootDatabase<Buffer, string>): BackendState {
  const found = db.get(META_KEY)
  if (found === undefined) {
    for (const _ of db.getRange({ limit: 1 })) throw storeDamaged(directory, 'it holds data but no header')
    return { revision: 0, entries: () => [] }
  }
  const meta = decodeMeta(directory, found)
  const entries: { key: string; revision: number; createRevision: number; text: string }[] = []
  for (const { key, value } of db.getRange({})) {
    if (key === META_KEY) continue
    const record = decodeRecord(key, value)
    if (record === undefined) throw storeDamaged(directory, `the record of ${JSON.stringify(key)} is not readable`)
    entries.push(record)
  }
  return { revision: meta.clean ? meta.revision : meta.revision + SAFETY_GAP, entries: () => entries }
}

function encodeMeta(meta: Meta): Buffer {
  return Buffer.from(JSON.stringify(meta))
}

function decodeMeta(directory: string, bytes: Buffer): Meta {
  let meta: Partial<Meta>
  try {
    meta = JSON.parse(bytes.toString()) as Partial<Meta>
  } catch (error) {
    throw storeDamaged(directory, 'its header is not readable', error)
  }
  const { format, revision, clean } = meta
  if (typeof format !== 'number' || typeof revision !== 'number')
    throw storeDamaged(directory, 'its header is incomplete')
  if (format > FORMAT) throw storeTooNew(directory, format, FORMAT)
  return { format, revision, clean: clean === true }
}

function encodeRecord(change: Extract<BackendChange, { type: 'put' }>): Buffer {
  const length = Buffer.byteLength(change.text)
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + length)
  bytes.write(change.text, HEADER_BYTES)
  bytes.writeBigUInt64BE(BigInt(change.createRevision), 0)
  bytes.writeBigUInt64BE(BigInt(change.revision), 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(HEADER_BYTES)), 16)
  return bytes
}

function decodeRecord(
  key: string,
  bytes: Buffer,
): { key: string; revision: number; createRevision: number; text: string } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const body = bytes.subarray(HEADER_BYTES)
  if (crc32(body) !== bytes.readUInt32BE(16)) return undefined
  return {
    key,
    createRevision: Number(bytes.readBigUInt64BE(0)),
    revision: Number(bytes.readBigUInt64BE(8)),
    text: body.toString(),
  }
}

/** The lock names a process by id and start time, so that a reused id does not hold a store for ever. */
function takeLock(directory: string): void {
  const path = join(directory, LOCK_FILE)
  const held = readLock(path)
  if (held !== undefined && held.pid !== process.pid && isProcessRunning(held.pid, held.started))
    throw storeLocked(directory, held.pid)
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: processStart(process.pid) }), { mode: 0o600 })
}

function releaseLock(directory: string): void {
  const path = join(directory, LOCK_FILE)
  if (readLock(path)?.pid === process.pid) unlinkSync(path)
}

function readLock(path: string): { pid: number; started: string } | undefined {
  try {
    const lock = JSON.parse(readFileSync(path, 'utf8')) as { pid?: unknown; started?: unknown }
    return typeof lock.pid === 'number' ? { pid: lock.pid, started: String(lock.started ?? '') } : undefined
  } catch {
    return undefined
  }
}
