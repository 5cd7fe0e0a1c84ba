import type { ComponentContext, Informer, Pod, ResourceType, ServerObject } from '../../control/index.ts'
import { controllerOf, PODS } from '../../control/index.ts'

/** Adds the indexes by controller and of orphans to the shared pod cache. */
export function indexPods(ctx: ComponentContext): Informer<Pod> {
  const pods = ctx.informers.of(PODS)
  pods.addIndex('controller', (pod) => {
    const uid = controllerOf(pod)?.uid
    return uid === undefined ? [] : [uid]
  })
  pods.addIndex('orphan', (pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []))
  return pods
}

/** Pods that the owner controls or might adopt. */
export function candidatePods(pods: Informer<Pod>, owner: ServerObject): Pod[] {
  return [...pods.byIndex('controller', owner.metadata.uid), ...pods.byIndex('orphan', owner.metadata.namespace ?? '')]
}

/** Hooks that tell a controller about the pods of its objects. */
export interface OwnedPodHooks<O extends ServerObject> {
  readonly type: ResourceType<O>
  readonly owners: Informer<O>
  readonly pods: Informer<Pod>
  readonly matches: (owner: O, pod: Pod) => boolean
  /** Called for the owner of a pod that was added, changed or deleted. */
  readonly changed: (owner: O, pod: Pod, what: 'add' | 'update' | 'delete') => void
}

/** Finds the owner of every changed pod: by its controller reference, or for orphans all owners whose selector matches. */
export function watchOwnedPods<O extends ServerObject>(hooks: OwnedPodHooks<O>): void {
  const ownerOf = (pod: Pod): O | undefined => {
    const reference = controllerOf(pod)
    if (reference === undefined || reference.kind !== hooks.type.kind) return undefined
    const owner = hooks.owners.get(pod.metadata.namespace ?? '', reference.name)
    return owner?.metadata.uid === reference.uid ? owner : undefined
  }
  const adopters = (pod: Pod): O[] =>
    hooks.owners.list(pod.metadata.namespace ?? '').filter((owner) => hooks.matches(owner, pod))
  const tell = (pod: Pod, what: 'add' | 'update' | 'delete'): void => {
    const owner = ownerOf(pod)
    if (owner !== undefined) hooks.changed(owner, pod, what)
    else if (what !== 'delete' && controllerOf(pod) === undefined)
      for (const other of adopters(pod)) hooks.changed(other, pod, 'update')
  }
  hooks.pods.on({
    add: (pod) => tell(pod, pod.metadata.deletionTimestamp === undefined ? 'add' : 'delete'),
    update: (old, pod) => {
      const before = controllerOf(old)
      if (before !== undefined && before.uid !== controllerOf(pod)?.uid) {
        const owner = hooks.owners.get(old.metadata.namespace ?? '', before.name)
        if (owner?.metadata.uid === before.uid) hooks.changed(owner, old, 'update')
      }
      const going = pod.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined
      tell(pod, going ? 'delete' : 'update')
    },
    delete: (pod) => tell(pod, 'delete'),
  })
}
