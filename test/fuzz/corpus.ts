import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toBytes } from '../../src/go/index.ts'
import type { TemplateVector } from '../conformance/template-cases.ts'
import type { Answer, FuzzCase } from './case.ts'
import { snippetOf } from './generate/index.ts'

/** Cases that once failed, a file per family, in the form of the template vectors. */
export const corpusFolder = join(import.meta.dirname, 'corpus', 'template')

/** The vector of a case and Helm's answer; undefined when JSON cannot hold the text of the error. */
export function toVector(id: string, given: FuzzCase, want: Answer): TemplateVector | undefined {
  const fuzzCase = withoutUnused(given)
  if ('error' in want) {
    if (hasBytes(want.error)) return undefined
    const inAnyOrder = fuzzCase.files?.['values.schema.json'] !== undefined && want.error.split('\n').length > 3
    return { id, ...fuzzCase, ...(inAnyOrder ? { errorLines: want.error.split('\n').sort() } : { error: want.error }) }
  }
  const files = [...want.rendered]
  const texts = files.filter(([, text]) => !hasBytes(text))
  const bytes = files.filter(([, text]) => hasBytes(text))
  return {
    id,
    ...fuzzCase,
    expect: Object.fromEntries(texts),
    ...(bytes.length > 0
      ? {
          expectBase64: Object.fromEntries(
            bytes.map(([path, text]) => [path, Buffer.from(toBytes(text)).toString('base64')]),
          ),
        }
      : {}),
  }
}

/** A snippet that names no part of the shared chart goes without it. */
function withoutUnused(fuzzCase: FuzzCase): FuzzCase {
  const text = snippetOf(fuzzCase)
  if (text === undefined || /\.Values|\.Files|\.Chart|"h\.|[ (|]\.[ )|}]|\$[ )|}]/.test(text)) return fuzzCase
  return { templates: fuzzCase.templates ?? {} }
}

const hasBytes = (text: string): boolean => /[\ud800-\udfff]/u.test(text)

/** Adds a vector to the corpus of its family, unless the same case is there. */
export function keep(family: string, vector: TemplateVector): void {
  mkdirSync(corpusFolder, { recursive: true })
  const file = join(corpusFolder, `${family}.jsonl`)
  const known = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const { id: _, ...content } = vector
  if (known.includes(JSON.stringify(content).slice(1))) return
  const number = known.split('\n').filter((line) => line !== '').length + 1
  appendFileSync(file, `${JSON.stringify({ id: `fuzz-${family}-${String(number).padStart(3, '0')}`, ...content })}\n`)
}
