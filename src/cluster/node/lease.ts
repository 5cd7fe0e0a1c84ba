import { formatMicroTime } from '../../api/index.ts'
import type { ApiClient, ComponentContext, Node } from '../control/index.ts'
import { apiVersionOfType, isApiError, LEASES, NODES } from '../control/index.ts'
import { isLost, isRegistered } from './node-marks.ts'

const renewMs = 10_000
const durationSeconds = 40
const namespace = 'kube-node-lease'

/**
 * Renews the leases of the nodes that the agent registered itself, as kubelet's heartbeat: every ten seconds, valid for
 * forty. Nodes that clients created have none, which the node lifecycle controller takes as "no heartbeat expected"; one
 * that a simulation takes away gets a last heartbeat, which then runs out, and loses it when it comes back.
 */
export class NodeLeases {
  private readonly ctx: ComponentContext
  private readonly client: ApiClient
  private readonly known = new Set<string>()
  private cancel: () => void
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.client = ctx.client.as('kubelet')
    this.cancel = ctx.clock.after(500, () => this.round())
    ctx.onStop(() => this.cancel())
  }

  /** Called when a node was taken away. */
  async lost(node: Node): Promise<void> {
    if (!isRegistered(node)) await this.renew(node)
  }

  /** Called when a node that was taken away is back. */
  async back(node: Node): Promise<void> {
    const { name } = node.metadata
    if (isRegistered(node)) await this.renew(node)
    else if (this.known.delete(name)) await this.client.delete(LEASES, { namespace, name })
  }

  private round(): void {
    this.cancel = this.ctx.clock.after(renewMs, () => this.round())
    for (const node of this.ctx.informers.of(NODES).list()) {
      if (!isRegistered(node) || isLost(node)) continue
      this.renew(node).catch((error: unknown) => this.ctx.report('node-lease', node.metadata.name, error))
    }
  }

  private async renew(node: Node): Promise<void> {
    const { name, uid } = node.metadata
    const renewTime = formatMicroTime(this.ctx.nowMs())
    if (this.known.has(name)) {
      try {
        await this.client.patch(LEASES, { namespace, name }, { spec: { renewTime } })
        return
      } catch (error) {
        if (!isApiError(error, 'NOT_FOUND')) throw error
      }
    }
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }]
    const spec = { holderIdentity: name, leaseDurationSeconds: durationSeconds, renewTime }
    const metadata = { name, namespace, ownerReferences }
    try {
      await this.client.create(LEASES, { apiVersion: apiVersionOfType(LEASES), kind: 'Lease', metadata, spec })
    } catch (error) {
      if (!isApiError(error, 'ALREADY_EXISTS')) throw error
      await this.client.patch(LEASES, { namespace, name }, { metadata: { ownerReferences }, spec })
    }
    this.known.add(name)
  }
}
