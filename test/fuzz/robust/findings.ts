import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Inputs that once broke a parser, a file per parser; data in base64. */
export const findingsFolder = join(import.meta.dirname, '..', 'corpus', 'robust')

/** Adds an input to the corpus of a parser, unless it is there. */
export function keepFinding(name: string, input: Uint8Array, problem: string): void {
  mkdirSync(findingsFolder, { recursive: true })
  const file = join(findingsFolder, `${name}.jsonl`)
  const data = Buffer.from(input).toString('base64')
  if (existsSync(file) && readFileSync(file, 'utf8').includes(data)) return
  appendFileSync(file, `${JSON.stringify({ problem: problem.split('\n')[0], data })}\n`)
}
