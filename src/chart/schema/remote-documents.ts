import { errorText, type Log, type LogRecord } from '../../base/index.ts'
import type { SchemaOptions } from './load-url.ts'
import { schemaError } from './resources.ts'

/** Does work that checks values against schemas, and gives its result. */
export type SchemaAttempts = <T>(log: Log, work: (schema: SchemaOptions, log: Log) => T | Promise<T>) => Promise<T>

/**
 * Lets schemas refer to documents that only `download` can get. Schemas are read synchronously, the network is not: work that
 * asks for a new document is done once more with it. A document that cannot be had fails each time with what `download`
 * rejected with. What the work logs is passed on from its last run only, so the work must not do anything else than log.
 */
export function schemaAttempts(download: (url: string) => Promise<Uint8Array>): SchemaAttempts {
  const answers = new Map<string, Uint8Array | Error>()
  return async (log, work) => {
    for (;;) {
      const missing = new Set<string>()
      const records: LogRecord[] = []
      const collect: Log = (record) => records.push(record)
      const fetch = (url: string): Uint8Array => {
        const answer = answers.get(url)
        if (answer === undefined) missing.add(url)
        if (answer instanceof Uint8Array) return answer
        throw answer ?? schemaError(`${url} is not fetched yet`)
      }
      try {
        const result = await work({ fetch, log: collect }, collect)
        if (missing.size === 0) return result
      } catch (error) {
        if (missing.size === 0) throw error
      } finally {
        if (missing.size === 0) for (const record of records) log(record)
      }
      for (const url of missing) {
        answers.set(url, await download(url).catch((error: unknown) => schemaError(errorText(error))))
      }
    }
  }
}
