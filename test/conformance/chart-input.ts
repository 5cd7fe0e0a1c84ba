import { assembleChart, type Chart, type ChartFile } from '../../src/chart/index.ts'
import type { Log } from '../../src/base/index.ts'

/** The fields of a vector that make up a chart. */
export interface ChartVector {
  readonly id: string
  readonly chart?: unknown
  readonly templates?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly filesBase64?: Readonly<Record<string, string>>
}

/** Files of a vector, in the order of their paths. */
export function vectorFiles(vector: ChartVector): ChartFile[] {
  const files: ChartFile[] = []
  const add = (name: string, data: Uint8Array): void => {
    files.push({ name, data })
  }
  for (const texts of [vector.templates ?? {}, vector.files ?? {}]) {
    for (const [name, text] of Object.entries(texts)) add(name, Buffer.from(text))
  }
  for (const [name, text] of Object.entries(vector.filesBase64 ?? {})) add(name, Buffer.from(text, 'base64'))
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Loads the chart of a vector from memory. */
export function loadVectorChart(vector: ChartVector, log: Log): Chart {
  return assembleChart(vectorFiles(vector), { log })
}

/** A log that writes records as the vectors show warnings. */
export function recordingLog(lines: string[]): Log {
  return (record) => {
    const text = record.attributes.map(([name, value]) => ` ${name}=${shown(value)}`).join('')
    lines.push(record.level === 'INFO' ? record.message : `${record.level} ${record.message}${text}`)
  }
}

function shown(value: unknown): string {
  const text = String(value)
  return text === '' || /[\s"=]/.test(text) ? JSON.stringify(text) : text
}
