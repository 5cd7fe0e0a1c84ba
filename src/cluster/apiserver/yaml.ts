import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

interface YamlModule {
  parse(text: string): unknown
  stringify(data: unknown, options: { sortMapEntries: boolean; lineWidth: number; indentSeq: boolean }): string
}

let loaded: YamlModule | undefined

/** Loaded on first use: most clients speak JSON only. */
function yaml(): YamlModule {
  loaded ??= require('yaml') as YamlModule
  return loaded
}

/** Reads one YAML document. Throws what the parser throws. */
export function parseYaml(text: string): unknown {
  return yaml().parse(text)
}

/** Writes YAML with sorted keys. */
export function printYaml(data: unknown): string {
  return yaml().stringify(data, { sortMapEntries: true, lineWidth: 0, indentSeq: false })
}
