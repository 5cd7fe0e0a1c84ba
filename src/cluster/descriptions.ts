import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import type { Describe } from '../api/index.ts'

/** Full names of types → what is said of them (under the empty name) and of their fields. */
type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Descriptions of types and fields as the schema source gives them, from the file that the build puts beside the engine
 * (`scripts/lib/descriptions.js`); read when the first is asked for. Sources that were not built have none.
 */
export function builtDescriptions(): Describe {
  let found: Descriptions | undefined
  return (type, field = '') => {
    found ??= readDescriptions()
    return found[type]?.[field]
  }
}

function readDescriptions(): Descriptions {
  const here = import.meta.url.startsWith('file:') ? fileURLToPath(import.meta.url) : import.meta.url
  const file = join(dirname(here), 'descriptions.json.br')
  if (!existsSync(file)) return {}
  return JSON.parse(brotliDecompressSync(readFileSync(file)).toString()) as Descriptions
}
