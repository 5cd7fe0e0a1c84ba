import { formatTime, jsonEqual, type KubeObject } from '../../../api/index.ts'
import type { ComponentContext, Condition, Namespace, Requeue } from '../../control/index.ts'
import { isApiError, NAMESPACES, resourcePath, setCondition } from '../../control/index.ts'
import type { DiscoveredResource } from './api-resources.ts'
import { discoverResources } from './api-resources.ts'

/** What is still in a namespace, by resource (`pods.`, `deployments.apps`) and by finalizer. */
interface Remaining {
  readonly counts: ReadonlyMap<string, number>
  readonly finalizers: ReadonlyMap<string, number>
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const ours = 'kubernetes'

/**
 * As Kubernetes' namespace controller: empties a namespace that is being deleted (pods first, then everything that discovery
 * names), says in conditions what remains, and gives up its finalizer when nothing does.
 */
export function startNamespaces(ctx: ComponentContext): void {
  const namespaces = ctx.informers.of(NAMESPACES)
  const attempts = new Map<string, number>()
  const loop = ctx.loop('namespace-controller', (name) => reconcile(name), 4)
  const add = (namespace: Namespace): void => {
    if (namespace.metadata.deletionTimestamp !== undefined) loop.queue.add(namespace.metadata.name)
  }
  namespaces.on({
    add,
    update: (_old, namespace) => add(namespace),
    delete: (namespace) => attempts.delete(namespace.metadata.uid),
  })

  async function reconcile(name: string): Promise<Requeue | undefined> {
    const cached = namespaces.get('', name)
    if (cached?.metadata.deletionTimestamp === undefined) return undefined
    const namespace = await ctx.client.get(NAMESPACES, { name })
    if (namespace?.metadata.deletionTimestamp === undefined || namespace.metadata.uid !== cached.metadata.uid)
      return undefined
    if (!(namespace.spec?.finalizers ?? []).includes(ours)) return undefined
    const remaining = await empty(name)
    if (remaining.counts.size > 0) {
      await note(namespace, remaining)
      const attempt = (attempts.get(namespace.metadata.uid) ?? 0) + 1
      attempts.set(namespace.metadata.uid, attempt)
      return { requeueAfterMs: Math.min(5000, 25 * 2 ** Math.min(attempt, 10)) }
    }
    await finalize(namespace)
    return undefined
  }

  async function empty(name: string): Promise<Remaining> {
    const resources = (await discoverResources(ctx.client)).filter(
      (resource) => resource.namespaced && resource.verbs.includes('list') && resource.verbs.includes('delete'),
    )
    const isPods = (resource: DiscoveredResource): boolean => resource.group === '' && resource.resource === 'pods'
    const pods = await emptyResources(name, resources.filter(isPods))
    return pods.counts.size > 0
      ? pods
      : emptyResources(
          name,
          resources.filter((resource) => !isPods(resource)),
        )
  }

  async function emptyResources(namespace: string, resources: readonly DiscoveredResource[]): Promise<Remaining> {
    const counts = new Map<string, number>()
    const finalizers = new Map<string, number>()
    for (const resource of resources) {
      if (!(await deleteAll(namespace, resource))) continue
      for (const item of await listMetadata(namespace, resource)) {
        const key = `${resource.resource}.${resource.group}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
        for (const finalizer of item.metadata.finalizers ?? [])
          finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1)
      }
    }
    return { counts, finalizers }
  }

  /** False when there was nothing to delete. */
  async function deleteAll(namespace: string, resource: DiscoveredResource): Promise<boolean> {
    if (resource.verbs.includes('deletecollection')) {
      const body = (await ctx.client.send({
        method: 'DELETE',
        path: resourcePath(resource, { namespace }),
        headers: { accept: metadataOnly },
        body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
      })) as { items?: unknown[] } | undefined
      return !Array.isArray(body?.items) || body.items.length > 0
    }
    const items = await listMetadata(namespace, resource)
    for (const item of items)
      await ctx.client.delete(
        resource,
        { namespace, name: item.metadata.name ?? '' },
        { propagationPolicy: 'Background' },
      )
    return items.length > 0
  }

  async function listMetadata(namespace: string, resource: DiscoveredResource): Promise<KubeObject[]> {
    return (await ctx.client.list(resource, { namespace, accept: metadataOnly })).items
  }

  async function note(namespace: Namespace, remaining: Remaining): Promise<void> {
    const conditions = (namespace.status?.conditions ?? []).map((condition) => ({ ...condition }))
    for (const condition of remainingConditions(remaining, formatTime(ctx.nowMs()))) setCondition(conditions, condition)
    if (jsonEqual(conditions, namespace.status?.conditions ?? [])) return
    const status = { ...namespace.status, phase: 'Terminating', conditions }
    await ctx.client.update(NAMESPACES, { ...namespace, status }, 'status')
  }

  async function finalize(namespace: Namespace): Promise<void> {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== ours)
    try {
      await ctx.client.update(NAMESPACES, { ...namespace, spec: { ...namespace.spec, finalizers } }, 'finalize')
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
    }
  }
}

/** The conditions that tell why a namespace is still there. */
function remainingConditions(remaining: Remaining, now: string): Condition[] {
  const list = (entries: ReadonlyMap<string, number>, word: string): string =>
    [...entries].map(([key, count]) => `${key} ${word} ${count} resource instances`).join(', ')
  const condition = (type: string, status: string, reason: string, message: string): Condition => ({
    type,
    status,
    lastTransitionTime: now,
    reason,
    message,
  })
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    remaining.counts.size > 0
      ? condition(
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${list(remaining.counts, 'has')}`,
        )
      : condition('NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'),
    remaining.finalizers.size > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${list(remaining.finalizers, 'in')}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ]
}
