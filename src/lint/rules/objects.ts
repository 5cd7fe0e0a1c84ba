import { errorText } from '../../base/index.ts'
import {
  decodeTyped,
  EncodingError,
  parseJson,
  parseYaml,
  splitYamlDocuments,
  type TypeSpec,
} from '../../encoding/index.ts'
import { attempt } from './attempt.ts'

/** What the rules look at in an object. Absent texts are empty. */
export interface ObjectHead {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
}

/** One document: its head (none when it is empty), or why it cannot be read. */
export interface ReadObject {
  readonly head?: ObjectHead
  readonly problem?: string
}

const headType: TypeSpec = {
  kind: 'struct',
  name: 'k8sYamlStruct',
  goType: 'rules.k8sYamlStruct',
  pointer: true,
  fields: {
    apiVersion: { kind: 'string' },
    Kind: { kind: 'string' },
    Metadata: {
      kind: 'struct',
      name: 'k8sYamlMetadata',
      goType: 'rules.k8sYamlMetadata',
      fields: { Namespace: { kind: 'string' }, Name: { kind: 'string' } },
    },
  },
}

/**
 * Reads the documents of a text one by one, as Kubernetes' decoder does; the first that cannot be read is the last. A text that
 * starts like JSON is tried as such first, and if it is no YAML either, the error is that of JSON.
 */
export function readObjects(text: string): Iterable<ReadObject> {
  if (!/^\s*\{/.test(text)) return readYamlObjects(text)
  const json = jsonProblem(text)
  const objects = [...readYamlObjects(text)]
  const [first] = objects
  return json !== undefined && first?.problem !== undefined ? [{ problem: json }] : objects
}

/** Why a text is no JSON, with the place; undefined when it is, or when only more follows. */
function jsonProblem(text: string): string | undefined {
  try {
    parseJson(text)
    return undefined
  } catch (error) {
    const message = errorText(error)
    if (!(error instanceof EncodingError) || message.endsWith('after top-level value')) return undefined
    const at = typeof error.details.offset === 'number' ? error.details.offset : text.length
    return `json: offset ${Buffer.byteLength(text.slice(0, at)) + 1}: ${message}`
  }
}

function* readYamlObjects(text: string): Iterable<ReadObject> {
  const documents = attempt(() => splitYamlDocuments(text))
  if (documents.problem !== undefined) {
    yield { problem: documents.problem }
    return
  }
  for (const document of documents.value) {
    const parsed = attempt(() => parseYaml(document, { typed: headType }))
    if (parsed.problem !== undefined) {
      yield { problem: parsed.problem }
      return
    }
    const { value, problem } = decodeTyped(parsed.value, headType, { integers: true })
    if (problem !== undefined) {
      yield { problem: `error unmarshaling JSON: while decoding JSON: ${problem}` }
      return
    }
    yield value === null ? {} : { head: headOf(value as Record<string, unknown>) }
  }
}

function headOf(record: Readonly<Record<string, unknown>>): ObjectHead {
  const metadata = (record.Metadata ?? {}) as Record<string, unknown>
  return {
    apiVersion: textOf(record.apiVersion),
    kind: textOf(record.Kind),
    name: textOf(metadata.Name),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
