import { errorText } from '../base/index.ts'
import { decodeTyped, parseYaml, type TypeSpec } from '../encoding/index.ts'

/** What Helm reads of a document to decide where it goes. Absent texts are empty. */
export interface ManifestHead {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly annotations: ReadonlyMap<string, string> | undefined
}

const headType: TypeSpec = {
  kind: 'struct',
  name: 'SimpleHead',
  goType: 'util.SimpleHead',
  fields: {
    apiVersion: { kind: 'string' },
    kind: { kind: 'string' },
    metadata: {
      kind: 'struct',
      name: '',
      goType: 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
      pointer: true,
      fields: {
        name: { kind: 'string' },
        annotations: { kind: 'map', goType: 'map[string]string', element: { kind: 'string' } },
      },
    },
  },
}

/** Reads the head of a document, or says (in Go's words) why it cannot. The whole document must be YAML. */
export function parseHead(content: string): { readonly head: ManifestHead } | { readonly problem: string } {
  let parsed: ReturnType<typeof parseYaml>
  try {
    parsed = parseYaml(content, { typed: headType })
  } catch (error) {
    return { problem: errorText(error) }
  }
  const { value, problem } = decodeTyped(parsed, headType, { integers: true })
  if (problem !== undefined) return { problem: `error unmarshaling JSON: while decoding JSON: ${problem}` }
  const record = value as Record<string, unknown>
  const metadata = (record.metadata ?? {}) as Record<string, unknown>
  return {
    head: {
      apiVersion: textOf(record.apiVersion),
      kind: textOf(record.kind),
      name: textOf(metadata.name),
      annotations: metadata.annotations instanceof Map ? metadata.annotations : undefined,
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
