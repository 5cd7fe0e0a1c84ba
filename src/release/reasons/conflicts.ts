import type { ManagedFieldsEntry } from '../../api/index.ts'
import { ApplyError, type Client, getLive, isConflict, type ResourceInfo } from '../../kube/index.ts'

/** A field that another manager owns. */
export interface FieldConflict {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** `.spec.replicas` */
  readonly field: string
  readonly owner: string
  /** When the owner wrote last; empty when unknown. */
  readonly time: string
  /** What is there, and what the release wants; undefined when it cannot be read. */
  readonly live: unknown
  readonly wanted: unknown
}

/** The conflicts of a refused server-side apply, from anywhere in the chain of causes; none when it is another error. */
export async function conflictsOf(client: Client, error: unknown): Promise<FieldConflict[]> {
  const found: FieldConflict[] = []
  for (const refusal of refusals(error)) {
    const { info } = refusal.details as { info?: ResourceInfo }
    const { cause } = refusal
    if (info === undefined || !isConflict(cause)) continue
    const live = await getLive(client, info).catch(() => undefined)
    const entries = live?.metadata.managedFields ?? []
    for (const { field = '', message = '', reason } of cause.status.details?.causes ?? []) {
      if (reason !== 'FieldManagerConflict') continue
      const owner = /conflict with "([^"]*)"/.exec(message)?.[1] ?? ''
      found.push({
        kind: info.mapping.gvk.kind,
        namespace: info.mapping.namespaced ? info.namespace : '',
        name: info.name,
        field,
        owner,
        time: lastWrite(entries, owner),
        live: valueAtField(live, field),
        wanted: valueAtField(info.object, field),
      })
    }
  }
  return found
}

function refusals(error: unknown): ApplyError[] {
  const found: ApplyError[] = []
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof ApplyError) found.push(at)
    const { errors } = (at as { details?: { errors?: readonly unknown[] } }).details ?? {}
    if (errors !== undefined) return [...found, ...errors.flatMap(refusals)]
  }
  return found
}

function lastWrite(entries: readonly ManagedFieldsEntry[], owner: string): string {
  const times = entries.flatMap(({ manager, time }) => (manager === owner && time !== undefined ? [time] : []))
  return times.sort().at(-1) ?? ''
}

/** The value at a field of the server's form: `.spec.containers[name="web"].image`, `.data.a.b`. */
function valueAtField(object: unknown, field: string): unknown {
  let at: unknown = object
  for (const [, key, selector] of field.matchAll(/\.([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (at === undefined || at === null) return undefined
    if (key !== undefined) at = (at as Record<string, unknown>)[key]
    else if (Array.isArray(at)) at = (at as unknown[]).find((item) => matchesSelector(item, selector ?? ''))
    else return undefined
  }
  return at
}

function matchesSelector(item: unknown, selector: string): boolean {
  if (selector.startsWith('=')) return JSON.stringify(item) === selector.slice(1)
  return selector.split(',').every((pair) => {
    const [key = '', value = ''] = pair.split('=')
    return JSON.stringify((item as Record<string, unknown> | null)?.[key]) === value
  })
}
