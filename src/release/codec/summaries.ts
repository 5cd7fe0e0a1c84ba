import { gunzip, gzipSync } from 'node:zlib'
import { decodeBase64Bytes } from '../../encoding/index.ts'
import type { ReleaseSummary } from '../model.ts'
import { isPacked, summaryOf } from './record.ts'

/** Records that are unpacked in one go: enough to make the cost of a call small, few enough to keep all threads at work. */
const BATCH = 64
/** Typical records unpack to so many times their packed size. */
const USUAL_RATIO = 6
/** Stands between records: JSON has no such byte. */
const MARK = 0

/**
 * What `decodeSummary` reads of many records, on other threads. Undefined for those that could not be read together with
 * their neighbours, because they or a neighbour are damaged or were never compressed: `decodeSummary` judges each.
 */
export async function decodeSummaries(texts: readonly string[]): Promise<(ReleaseSummary | undefined)[]> {
  const batches: (readonly string[])[] = []
  for (let at = 0; at < texts.length; at += BATCH) batches.push(texts.slice(at, at + BATCH))
  return (await Promise.all(batches.map(decodeBatch))).flat()
}

async function decodeBatch(texts: readonly string[]): Promise<readonly (ReleaseSummary | undefined)[]> {
  try {
    const jsons = await unpackBatch(texts.map(decodeBase64Bytes))
    if (jsons !== undefined) return jsons.map(summaryOrNothing)
  } catch {
    // One of them is damaged.
  }
  return texts.map(() => undefined)
}

function summaryOrNothing(json: Buffer): ReleaseSummary | undefined {
  try {
    return summaryOf(json)
  } catch {
    return undefined
  }
}

/** Unpacks records as one text: readers of gzip read members one after the other (RFC 1952). */
async function unpackBatch(packed: readonly Buffer[]): Promise<readonly Buffer[] | undefined> {
  if (!packed.every(isPacked)) return undefined
  const mark = gzipSync(Uint8Array.of(MARK))
  const whole = await unpackAll(Buffer.concat(packed.flatMap((one) => [one, mark])))
  const parts: Buffer[] = []
  for (let at = 0; at < whole.length; ) {
    const end = whole.indexOf(MARK, at)
    if (end < 0) return undefined
    parts.push(whole.subarray(at, end))
    at = end + 1
  }
  return parts.length === packed.length ? parts : undefined
}

function unpackAll(bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { chunkSize: bytes.length * USUAL_RATIO }, (error, whole) => {
      if (error === null) resolve(whole)
      else reject(error)
    })
  })
}
