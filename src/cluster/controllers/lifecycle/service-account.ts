import type { ComponentContext, Namespace } from '../../control/index.ts'
import { isOvertaken, NAMESPACES, SERVICE_ACCOUNTS } from '../../control/index.ts'

const name = 'default'

/** As Kubernetes' serviceaccount controller: every namespace that is not going has a service account `default`. */
export function startServiceAccounts(ctx: ComponentContext): void {
  const namespaces = ctx.informers.of(NAMESPACES)
  const accounts = ctx.informers.of(SERVICE_ACCOUNTS)
  const loop = ctx.loop('serviceaccount-controller', async (namespace) => {
    const object = namespaces.get('', namespace)
    if (object === undefined || isGoing(object) || accounts.get(namespace, name) !== undefined) return
    try {
      await ctx.client.create(SERVICE_ACCOUNTS, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace },
      })
    } catch (error) {
      if (!isOvertaken(error)) throw error
    }
  })
  namespaces.on({
    add: (object) => loop.queue.add(object.metadata.name),
    update: (_old, object) => loop.queue.add(object.metadata.name),
  })
  accounts.on({
    delete: (account) => {
      if (account.metadata.name === name) loop.queue.add(account.metadata.namespace ?? '')
    },
  })
}

/** True for a namespace that is being deleted. */
export function isGoing(namespace: Namespace): boolean {
  return namespace.metadata.deletionTimestamp !== undefined || namespace.status?.phase === 'Terminating'
}
