import { STATUS_CODES } from 'node:http'
import { errorText } from '../base/index.ts'
import { type SchemaAttempts, schemaAttempts } from '../chart/index.ts'
import type { CliContext } from './context.ts'
import { commandFailed } from './errors.ts'

/** Helm's limit for one document. */
const timeoutMs = 15_000

/** Fetches the documents that values.schema.json refers to by http and https, through the usual proxies. */
export function schemaDocuments(ctx: CliContext): SchemaAttempts {
  return schemaAttempts(async (url) => {
    const { sendHttp } = await import('../net/index.ts')
    const { status, body } = await sendHttp({ url, env: ctx.env, signal: ctx.signal, timeoutMs }).catch((error) => {
      throw commandFailed(`HTTP request failed for ${url}: ${errorText(error)}`, error)
    })
    if (status === 200) return body
    throw commandFailed(`HTTP request to ${url} returned status ${status} (${STATUS_CODES[status] ?? ''})`)
  })
}
