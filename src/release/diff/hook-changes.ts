import { parseApiVersion } from '../../api/index.ts'
import { parseYamlToJson } from '../../encoding/index.ts'
import type { Release, ReleaseHook } from '../model.ts'
import { diffFields } from './fields.ts'
import type { ObjectChange } from './model.ts'

/**
 * The hooks that would run on `events`, with what is different from those of the previous revision. A hook is made anew
 * at each run, so that its action is `create`.
 */
export function hookChanges(
  previous: Release | undefined,
  release: Release,
  events: ReadonlySet<string>,
): ObjectChange[] {
  const before = new Map((previous?.hooks ?? []).map((hook) => [hookKey(hook), hook]))
  return release.hooks.flatMap((hook) => {
    const hooked = hook.events.filter((event) => events.has(event))
    if (hooked.length === 0) return []
    const old = before.get(hookKey(hook))
    const object = hookObject(hook)
    const fields = old === undefined ? [] : diffFields(hookObject(old), object)
    const { apiVersion, namespace } = placeOfHook(object, release)
    return [
      { action: 'create' as const, apiVersion, kind: hook.kind, namespace, name: hook.name, hook: hooked, fields },
    ]
  })
}

const hookKey = (hook: ReleaseHook): string => `${hook.kind}/${hook.name}`

function hookObject(hook: ReleaseHook): Readonly<Record<string, unknown>> {
  const object: unknown = parseYamlToJson(hook.manifest)
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>) : {}
}

function placeOfHook(
  object: Readonly<Record<string, unknown>>,
  release: Release,
): { apiVersion: string; namespace: string } {
  const apiVersion = typeof object.apiVersion === 'string' ? object.apiVersion : ''
  const { namespace } = (object.metadata ?? {}) as { namespace?: string }
  const { version } = parseApiVersion(apiVersion)
  return { apiVersion: version === '' ? '' : apiVersion, namespace: namespace ?? release.namespace }
}
