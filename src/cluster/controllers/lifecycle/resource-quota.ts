import { jsonEqual, type KubeObject } from '../../../api/index.ts'
import type { ComponentContext, Informer, ResourceQuota } from '../../control/index.ts'
import { CLAIMS, isFinished, keyOf, PODS, QUOTAS, SERVICES, splitKey } from '../../control/index.ts'
import type { DiscoveredResource } from './api-resources.ts'
import { discoverResources } from './api-resources.ts'
import { quotaUsage } from './quota-usage.ts'

/** Recounting waits this long after a change: admission has counted creations already, and the caches must catch up. */
const settleMs = 100

/**
 * As Kubernetes' resource quota controller: recounts what a namespace uses when a quota or something it counts changes. The
 * API server's admission raises the counts on creation; this loop is what lowers them.
 */
export function startResourceQuotas(ctx: ComponentContext): void {
  const quotas = ctx.informers.of(QUOTAS)
  const pods = ctx.informers.of(PODS)
  const services = ctx.informers.of(SERVICES)
  const claims = ctx.informers.of(CLAIMS)
  const counted = new Map<string, Informer<KubeObject>>()
  let resources: readonly DiscoveredResource[] = []
  const loop = ctx.loop('resourcequota-controller', (key) => reconcile(key), 2)
  const touched = (object: KubeObject): void => {
    for (const quota of quotas.list(object.metadata.namespace ?? '')) loop.queue.addAfter(keyOf(quota), settleMs)
  }
  quotas.on({
    add: (quota) => loop.queue.add(keyOf(quota)),
    update: (old, quota) => {
      if (!jsonEqual(old.spec, quota.spec) || !jsonEqual(quota.spec?.hard, quota.status?.hard))
        loop.queue.add(keyOf(quota))
    },
  })
  pods.on({
    add: touched,
    update: (old, pod) => {
      if (isFinished(old) !== isFinished(pod)) touched(pod)
    },
    delete: touched,
  })
  services.on({ add: touched, update: (_old, service) => touched(service), delete: touched })
  claims.on({ add: touched, update: (_old, claim) => touched(claim), delete: touched })

  async function follow(resource: string, group: string): Promise<void> {
    const key = `${group}/${resource}`
    if (counted.has(key)) return
    const same = (candidate: DiscoveredResource): boolean =>
      candidate.resource === resource && candidate.group === group
    if (!resources.some(same)) resources = await discoverResources(ctx.client)
    const type = resources.find(same)
    if (type === undefined || !type.verbs.includes('watch')) return
    const informer = ctx.informers.metadataOf(type)
    counted.set(key, informer)
    await informer.synced
    informer.on({ add: touched, delete: touched })
  }

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = splitKey(key)
    const quota = quotas.get(namespace, name)
    if (quota === undefined || quota.metadata.deletionTimestamp !== undefined) return
    for (const limited of Object.keys(quota.spec?.hard ?? {})) {
      const [, resource, group] = /^(?:count\/)?([a-z]+)(?:\.(.+))?$/.exec(limited) ?? []
      if (resource !== undefined) await follow(resource, limited.startsWith('count/') ? (group ?? '') : '')
    }
    const used = quotaUsage(quota, {
      pods: pods.list(namespace),
      services: services.list(namespace),
      claims: claims.list(namespace),
      count: (resource, group) => counted.get(`${group}/${resource}`)?.list(namespace).length ?? 0,
    })
    const status: ResourceQuota['status'] = { hard: { ...quota.spec?.hard }, used }
    if (!jsonEqual(quota.status, status)) await ctx.client.update(QUOTAS, { ...quota, status }, 'status')
  }
}
