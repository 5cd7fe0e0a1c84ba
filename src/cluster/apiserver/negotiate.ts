import { notAcceptable, wrongShape } from './errors.ts'

/** How an answer is to look: its encoding, and whether the object is turned into a table or its metadata. */
export interface OutputFormat {
  readonly encoding: 'json' | 'yaml' | 'protobuf'
  readonly as: 'object' | 'table' | 'partial' | 'partialList'
  /** Version of meta.k8s.io asked for (`v1`, `v1beta1`), for tables and metadata. */
  readonly metaVersion: string
  /** Ask for indented JSON (`?pretty=true`). */
  readonly pretty: boolean
}

/** One media type of an Accept header. */
export interface AcceptClause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly q: number
}

const AVAILABLE = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']

/** Splits an Accept header, best first; equal weights keep their order. */
export function parseAccept(header: string): AcceptClause[] {
  const clauses = header.split(',').flatMap((text): AcceptClause[] => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim())
    if (type === '') return []
    const parameters: Record<string, string> = {}
    for (const part of rest) {
      const equals = part.indexOf('=')
      if (equals > 0) parameters[part.slice(0, equals).trim().toLowerCase()] = part.slice(equals + 1).trim()
    }
    const q = Number.parseFloat(parameters.q ?? '1')
    return [{ type: type.toLowerCase(), parameters, q: Number.isNaN(q) ? 1 : q }]
  })
  return clauses.sort((a, b) => b.q - a.q)
}

/**
 * Chooses the format of an answer from the Accept header; throws 406 when nothing fits. Protobuf is chosen only for clients
 * that take nothing else, since JSON is at hand.
 */
export function negotiateOutput(
  accept: string | undefined,
  query: URLSearchParams,
  options: { readonly watchable: boolean; readonly protobuf?: boolean } = { watchable: false },
): OutputFormat {
  const pretty = query.get('pretty') === 'true' || query.get('pretty') === '1'
  const plain: OutputFormat = { encoding: 'json', as: 'object', metaVersion: 'v1', pretty }
  if (accept === undefined || accept.trim() === '') return plain
  const clauses = parseAccept(accept)
  for (const clause of clauses) {
    const encoding = encodingOf(clause.type)
    if (encoding === undefined) continue
    const { as, v = 'v1', g } = clause.parameters
    if (as === undefined) return { ...plain, encoding }
    if (g !== undefined && g !== 'meta.k8s.io') continue
    if (v !== 'v1' && v !== 'v1beta1') continue
    if (as === 'Table') return { ...plain, encoding, as: 'table', metaVersion: v }
    if (as === 'PartialObjectMetadata') return { ...plain, encoding, as: 'partial', metaVersion: v }
    if (as === 'PartialObjectMetadataList') return { ...plain, encoding, as: 'partialList', metaVersion: v }
  }
  const binary = clauses.find(({ type, parameters: { as } }) => type === PROTOBUF && as !== 'Table')
  if (binary !== undefined) {
    const { as, v = 'v1' } = binary.parameters
    const format = { ...plain, encoding: 'protobuf', metaVersion: v } as const
    if (as === 'PartialObjectMetadata') return { ...format, as: 'partial' }
    if (as === 'PartialObjectMetadataList') return { ...format, as: 'partialList' }
    if (as === undefined && options.protobuf === true) return format
  }
  const known = clauses.some((clause) => encodingOf(clause.type) !== undefined)
  if (known) throw wrongShape(`only the following media types are accepted: ${AVAILABLE.join(', ')}`)
  throw notAcceptable([...AVAILABLE, ...(options.watchable ? STREAMS : [])])
}

/** Throws 406 for a watch in an encoding that has no frames; the first that the client accepts counts, as in Kubernetes. */
export function checkStreamable({ encoding }: OutputFormat): void {
  if (encoding === 'yaml') throw wrongShape(`only the following media types are accepted: ${STREAMS.join(', ')}`)
}

/** Whether a client takes protobuf and nothing else that is served. */
export function wantsProtobuf(accept: string | undefined): boolean {
  const clauses = parseAccept(accept ?? '')
  return clauses.some(({ type }) => type === PROTOBUF) && !clauses.some(({ type }) => encodingOf(type) !== undefined)
}

function encodingOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*') return 'json'
  if (type === 'application/yaml') return 'yaml'
  return undefined
}
