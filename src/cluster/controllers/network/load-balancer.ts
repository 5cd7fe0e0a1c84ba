import type { ComponentContext, Requeue, Service } from '../../control/index.ts'
import { keyOf, SERVICES, splitKey, timeMs } from '../../control/index.ts'

/** Addresses for services of type LoadBalancer. */
export interface LoadBalancerOptions {
  /** The first three parts of the addresses handed out, such as `172.31.255`. */
  readonly prefix: string
  /** How long a service waits for its address, as it would for a cloud. */
  readonly delayMs: number
}

const cleanup = 'service.kubernetes.io/load-balancer-cleanup'

/** Gives services of type LoadBalancer (without a class of their own) an address from a pool, and takes it back. */
export function startLoadBalancers(ctx: ComponentContext, options: LoadBalancerOptions): void {
  const services = ctx.informers.of(SERVICES)
  const record = ctx.recorder({ component: 'service-controller' })
  const loop = ctx.loop('service-lb-controller', (key) => reconcile(key), 1)
  const offer = (service: Service): void => {
    if (isOurs(service) && isBalanced(service) !== hasAddress(service)) loop.queue.add(keyOf(service))
  }
  services.on({ add: offer, update: (_old, service) => offer(service) })

  async function reconcile(key: string): Promise<Requeue | undefined> {
    const { namespace, name } = splitKey(key)
    const service = services.get(namespace, name)
    if (service === undefined || !isOurs(service) || isBalanced(service) === hasAddress(service)) return undefined
    if (!isBalanced(service)) {
      await write(service, undefined)
      return undefined
    }
    const waitMs = timeMs(service.metadata.creationTimestamp) + options.delayMs - ctx.nowMs()
    if (waitMs > 0) return { requeueAfterMs: waitMs }
    record(service, { type: 'Normal', reason: 'EnsuringLoadBalancer', message: 'Ensuring load balancer' })
    await write(service, service.spec.loadBalancerIP ?? freeAddress())
    record(service, { type: 'Normal', reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer' })
    return undefined
  }

  function freeAddress(): string {
    const used = new Set(
      services.list().flatMap((service) => (service.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)),
    )
    for (let i = 1; i < 255; i++) if (!used.has(`${options.prefix}.${i}`)) return `${options.prefix}.${i}`
    return `${options.prefix}.254`
  }

  async function write(service: Service, ip: string | undefined): Promise<void> {
    const loadBalancer = ip === undefined ? {} : { ingress: [{ ip, ipMode: 'VIP' }] }
    await ctx.client.update(SERVICES, { ...service, status: { ...service.status, loadBalancer } }, 'status')
  }
}

/** Services of a class are for others, who say where those are reached. */
function isOurs(service: Service): boolean {
  return service.spec.type === 'LoadBalancer' && !service.spec.loadBalancerClass
}

function isBalanced(service: Service): boolean {
  const finalizing =
    service.metadata.finalizers?.includes(cleanup) === true && service.metadata.deletionTimestamp !== undefined
  return isOurs(service) && !finalizing
}

function hasAddress(service: Service): boolean {
  return (service.status?.loadBalancer?.ingress ?? []).length > 0
}
