import { parseYamlToJson } from '../../encoding/index.ts'
import type { Release } from '../model.ts'

/**
 * Where an object of a release comes from: `chart/templates/web.yaml:12`, the line that begins its kind in the template,
 * or the file alone where that cannot be told; undefined when the manifest does not hold the object.
 */
export function templateOf(release: Release, kind: string, name: string): string | undefined {
  const before = new Map<string, number>()
  for (const document of release.manifest.split(/^---\n/m)) {
    const source = /^# Source: (.+)$/m.exec(document)?.[1]
    if (source === undefined) continue
    const head = headOf(document)
    if (head?.kind !== kind) continue
    const index = before.get(source) ?? 0
    before.set(source, index + 1)
    if (head.name !== name) continue
    const line = kindLine(release, source, kind, index)
    return line === undefined ? source : `${source}:${line}`
  }
  const hook = release.hooks.find((one) => one.kind === kind && one.name === name)
  if (hook === undefined) return undefined
  const line = kindLine(release, hook.path, kind, 0)
  return line === undefined ? hook.path : `${hook.path}:${line}`
}

function headOf(document: string): { readonly kind: string; readonly name: string } | undefined {
  try {
    const object = parseYamlToJson(document) as { kind?: string; metadata?: { name?: string } } | null
    return object?.kind === undefined ? undefined : { kind: object.kind, name: object.metadata?.name ?? '' }
  } catch {
    return undefined
  }
}

/** The line of the `index`-th `kind: KIND` of a template of the chart itself; templates of sub-charts are not recorded. */
function kindLine(release: Release, source: string, kind: string, index: number): number | undefined {
  const path = source.slice(source.indexOf('/') + 1)
  const template = release.chart?.templates.find((file) => file.name === path)
  if (template === undefined) return undefined
  const lines = Buffer.from(template.data).toString('utf8').split('\n')
  const found = lines.flatMap((line, at) => (new RegExp(`^\\s*kind:\\s*"?${kind}"?\\s*$`).test(line) ? [at + 1] : []))
  return found[index] ?? found[0]
}
