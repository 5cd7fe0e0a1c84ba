import { builtinSchema, decodeObject, type GroupVersionKind, type KubeObject } from '../../../../api/index.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'

/** Names of fields in the core group and in events.k8s.io, where they differ. */
const RENAMED: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

/** Converts events of events.k8s.io/v1 to and from those of the core group: the same fields under other names. */
export const eventConversion: NonNullable<ResourceDefinition['convert']> = {
  toStorage: (object) =>
    rename(object, new Map(RENAMED.map(([core, events]) => [events, core])), {
      group: '',
      version: 'v1',
      kind: 'Event',
    }),
  fromStorage: (object) => rename(object, new Map(RENAMED), { group: 'events.k8s.io', version: 'v1', kind: 'Event' }),
}

function rename(object: KubeObject, names: ReadonlyMap<string, string>, gvk: GroupVersionKind): KubeObject {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) out[names.get(key) ?? key] = value
  out.apiVersion = gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`
  const schema = builtinSchema(gvk)
  return (schema ? decodeObject(schema.node, out).value : out) as unknown as KubeObject
}
