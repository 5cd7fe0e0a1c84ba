import { type JsonObject, listAt, mapAt, objectAt, stringAt } from '../../../../api/index.ts'

/** A pod, or a template of pods, as the checks look at it. */
export interface PodView {
  readonly spec: JsonObject
  readonly annotations: Readonly<Record<string, string>>
}

/** What a check found: a short reason and who does what. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** All containers: init, plain and ephemeral. */
export function containersOf(pod: PodView): JsonObject[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) => listAt(pod.spec, key))
}

/** The security settings of a pod's spec or of a container. */
export function securityOf(holder: JsonObject): JsonObject | undefined {
  return objectAt(holder, 'securityContext')
}

/** Names of the containers for which `test` holds. */
export function namesWhere(pod: PodView, test: (container: JsonObject) => boolean): string[] {
  return containersOf(pod)
    .filter((container) => test(container))
    .map((container) => stringAt(container, 'name'))
}

/** `"a", "b"`. */
export function quoted(items: readonly string[]): string {
  return items.length === 0 ? '' : `"${items.join('", "')}"`
}

/** The singular for one. */
export function counted(count: number, one: string, many: string): string {
  return count === 1 ? one : many
}

/** `container "a"` or `containers "a", "b"`. */
export function containersText(names: readonly string[]): string {
  return `${counted(names.length, 'container', 'containers')} ${quoted(names)}`
}

/** `pod and containers "a", "b"`. */
export function settersText(pod: boolean, names: readonly string[]): string {
  return [...(pod ? ['pod'] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(' and ')
}

/** Each text once, sorted. */
export function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

/** The annotations of pod metadata. */
export function annotationsOf(metadata: JsonObject | undefined): Readonly<Record<string, string>> {
  return mapAt(metadata, 'annotations') as Readonly<Record<string, string>>
}
