import type { KubeObject } from '../../api/index.ts'
import { parseYamlToJson, splitYamlDocuments } from '../../encoding/index.ts'
import type { Release } from '../model.ts'
import { diffFields } from './fields.ts'
import type { ObjectChange } from './model.ts'

/** What differs between the manifests (and hooks) of two revisions, without asking the cluster. */
export function diffReleases(from: Release, to: Release): ObjectChange[] {
  const before = objectsOf(from)
  const after = objectsOf(to)
  const changes: ObjectChange[] = []
  for (const [key, { object, hook }] of after) {
    const old = before.get(key)
    const head = headOfObject(object, to.namespace, hook)
    if (old === undefined) changes.push({ ...head, action: 'create', fields: [], object })
    else {
      const fields = diffFields(old.object, object)
      changes.push({ ...head, action: fields.length === 0 ? 'none' : 'change', fields })
    }
  }
  for (const [key, { object, hook }] of before) {
    if (after.has(key)) continue
    changes.push({ ...headOfObject(object, from.namespace, hook), action: 'delete', fields: [] })
  }
  return changes
}

interface Listed {
  readonly object: KubeObject
  readonly hook: readonly string[] | undefined
}

function objectsOf(release: Release): Map<string, Listed> {
  const objects = new Map<string, Listed>()
  const add = (text: string, hook: readonly string[] | undefined): void => {
    for (const document of splitYamlDocuments(text)) {
      const object = parseYamlToJson(document) as KubeObject | null
      if (typeof object !== 'object' || object === null || typeof object.kind !== 'string') continue
      const { namespace = release.namespace, name = '' } = object.metadata ?? {}
      const group = (object.apiVersion ?? '').replace(/\/?[^/]*$/, '')
      objects.set(`${hook === undefined ? '' : 'hook '}${group}/${object.kind}/${namespace}/${name}`, { object, hook })
    }
  }
  add(release.manifest, undefined)
  for (const hook of release.hooks) add(hook.manifest, hook.events)
  return objects
}

function headOfObject(object: KubeObject, namespace: string, hook: readonly string[] | undefined) {
  return {
    apiVersion: object.apiVersion ?? '',
    kind: object.kind,
    namespace: object.metadata?.namespace ?? namespace,
    name: object.metadata?.name ?? '',
    ...(hook === undefined ? {} : { hook }),
  }
}
