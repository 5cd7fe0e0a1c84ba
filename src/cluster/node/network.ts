import type { ComponentContext, EndpointSlice, Pod, Service } from '../control/index.ts'
import { ENDPOINT_SLICES, isReady, PODS, SERVICES } from '../control/index.ts'
import type { SimulatedNetwork } from './runtime/simulated/shell/machine.ts'
import { settingFor } from './runtime/simulated/settings.ts'
import type { SimulationSettings } from './runtime/simulated/settings.ts'

const DOMAIN = 'cluster.local'

/** Names and servers of the cluster as its DNS and proxies would offer them, answered from the caches. */
export class ClusterNetwork {
  private readonly ctx: ComponentContext
  private readonly settings: SimulationSettings
  private turns = 0
  constructor(ctx: ComponentContext, settings: SimulationSettings) {
    this.ctx = ctx
    this.settings = settings
    ctx.informers.of(PODS).addIndex('address', (pod) => (pod.status?.podIP ? [pod.status.podIP] : []))
    ctx.informers.of(ENDPOINT_SLICES).addIndex('service', ({ metadata }) => {
      const name = metadata.labels?.['kubernetes.io/service-name']
      return name === undefined ? [] : [`${metadata.namespace}/${name}`]
    })
  }

  /** The network as a pod of a namespace sees it. */
  seenFrom(namespace: string): SimulatedNetwork {
    const suffixes = ['', `.${namespace}.svc.${DOMAIN}`, `.svc.${DOMAIN}`, `.${DOMAIN}`]
    return {
      resolve: (name) => {
        const plain = name.replace(/\.$/, '')
        for (const suffix of suffixes) {
          const addresses = this.addressesOf(plain + suffix)
          if (addresses !== undefined) return { name: plain + suffix, addresses }
        }
        return undefined
      },
      request: async (host, port, path) => this.request(host, port, path),
    }
  }

  /** The fully qualified name of a pod with a subdomain; its plain one otherwise. */
  fullNameOf(pod: Pod): string {
    const host = pod.spec.hostname ?? pod.metadata.name
    return pod.spec.subdomain ? `${host}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${DOMAIN}` : host
  }

  /** What the server of a pod answers on a port. */
  answerOf(pod: Pod, port: number, path: string): string {
    const settings = this.settings.of(pod)
    const [first] = pod.spec.containers
    const serving = pod.spec.containers.find((each) => each.ports?.some(({ containerPort }) => containerPort === port))
    const container = (serving ?? first)?.name ?? ''
    const given = settingFor(settings, 'response', container)
    if (given !== undefined) return given.endsWith('\n') ? given : `${given}\n`
    return `simulated answer of container ${container} in pod ${pod.metadata.name}: port ${port}, path ${path}\n`
  }

  private addressesOf(name: string): string[] | undefined {
    const labels = name.split('.')
    if (labels.slice(-3).join('.') !== `svc.${DOMAIN}`) return undefined
    const parts = labels.slice(0, -3)
    const [host, service = '', namespace = ''] = parts.length === 2 ? [undefined, ...parts] : parts
    const found = this.ctx.informers.of(SERVICES).get(namespace, service)
    if (found === undefined || parts.length > 3) return undefined
    if (host === undefined && found.spec.clusterIP && found.spec.clusterIP !== 'None') return [found.spec.clusterIP]
    const addresses = this.slicesOf(found).flatMap((slice) =>
      (slice.endpoints ?? [])
        .filter((endpoint) => endpoint.conditions.ready !== false && (host === undefined || endpoint.hostname === host))
        .flatMap((endpoint) => endpoint.addresses),
    )
    return addresses.length === 0 ? undefined : addresses
  }

  private slicesOf(service: Service): readonly EndpointSlice[] {
    const { namespace, name } = service.metadata
    return this.ctx.informers.of(ENDPOINT_SLICES).byIndex('service', `${namespace}/${name}`)
  }

  /** Requests to a service go to its ready pods in turn, those to a pod to itself. */
  private request(host: string, port: number, path: string): string | undefined {
    const service = this.ctx.informers
      .of(SERVICES)
      .list()
      .find(({ spec }) => spec.clusterIP === host)
    if (service === undefined) {
      const [pod] = this.ctx.informers.of(PODS).byIndex('address', host)
      return pod === undefined || !isReady(pod) ? undefined : this.answerOf(pod, port, path)
    }
    const servicePort = service.spec.ports?.find((each) => each.port === port)
    if (servicePort === undefined) return undefined
    const targets = this.slicesOf(service).flatMap((slice) => {
      const target = slice.ports?.find((each) => (each.name ?? '') === (servicePort.name ?? ''))?.port
      return (slice.endpoints ?? [])
        .filter((endpoint) => endpoint.conditions.ready !== false)
        .map((endpoint) => ({ address: endpoint.addresses[0] ?? '', port: target ?? port }))
    })
    const target = targets[this.turns++ % targets.length]
    const [pod] = target === undefined ? [] : this.ctx.informers.of(PODS).byIndex('address', target.address)
    return pod === undefined || target === undefined ? undefined : this.answerOf(pod, target.port, path)
  }
}
