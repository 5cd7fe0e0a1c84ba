import type { ComponentContext, ConfigMap, Container, Pod, Secret, Service } from '../control/index.ts'
import { CONFIG_MAPS, keyOf, NODES, SECRETS, SERVICES } from '../control/index.ts'
import { fieldValue, resourceValue } from './downward.ts'
import { objectFiles } from './object-files.ts'

/** What a container was started with, where the present may differ from it. */
interface Snapshot {
  readonly services: readonly Service[]
  /** Data of the ConfigMaps and Secrets whose values became variables, by `kind/name`. */
  readonly data: ReadonlyMap<string, ReadonlyMap<string, string>>
}

const noData: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map()

/**
 * The environment of containers, as kubelet makes it: variables of the services that were there when the container started,
 * then `envFrom`, then `env` with `$(NAME)` expanded. Values from ConfigMaps and Secrets stay as they were at the start.
 */
export class Environments {
  private readonly ctx: ComponentContext
  private readonly snapshots = new Map<string, Map<string, Snapshot>>()
  private readonly services = new Map<string, readonly Service[]>()
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    const changed = (service: Service): void => {
      this.services.delete(service.metadata.namespace ?? '')
      if (keyOf(service) === apiService) this.services.clear()
    }
    ctx.informers.of(SERVICES).on({ add: changed, update: (_old, next) => changed(next), delete: changed })
  }

  /** Remembers what a container starts with. */
  async capture(pod: Pod, container: Container): Promise<void> {
    const snapshot = await this.snapshot(pod, container)
    const { uid } = pod.metadata
    let ofPod = this.snapshots.get(uid)
    if (ofPod === undefined) {
      ofPod = new Map()
      this.snapshots.set(uid, ofPod)
    }
    ofPod.set(container.name, snapshot)
  }

  forget(uid: string): void {
    this.snapshots.delete(uid)
  }

  /** The variables of a container, in the order in which they were set. */
  async of(pod: Pod, container: Container): Promise<Map<string, string>> {
    const known = this.snapshots.get(pod.metadata.uid)?.get(container.name)
    const { services, data } = known ?? (await this.snapshot(pod, container))
    const variables = new Map<string, string>([
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['HOSTNAME', hostnameOf(pod)],
    ])
    for (const service of services) addServiceVariables(variables, service)
    for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
      const values = data.get(configMapRef ? `configmap/${configMapRef.name}` : `secret/${secretRef?.name}`)
      for (const [name, value] of [...(values ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
        variables.set(prefix + name, value)
      }
    }
    for (const { name, value, valueFrom } of container.env ?? []) {
      const found =
        valueFrom === undefined ? expand(value ?? '', variables) : this.referenced(pod, container, valueFrom, data)
      if (found !== undefined) variables.set(name, found)
    }
    if (!variables.has('HOME')) variables.set('HOME', '/root')
    return variables
  }

  private referenced(
    pod: Pod,
    container: Container,
    from: NonNullable<NonNullable<Container['env']>[number]['valueFrom']>,
    data: Snapshot['data'],
  ): string | undefined {
    if (from.configMapKeyRef) return data.get(`configmap/${from.configMapKeyRef.name}`)?.get(from.configMapKeyRef.key)
    if (from.secretKeyRef) return data.get(`secret/${from.secretKeyRef.name}`)?.get(from.secretKeyRef.key)
    if (from.fieldRef) return fieldValue(pod, from.fieldRef.fieldPath)
    const node = this.ctx.informers.of(NODES).get('', pod.spec.nodeName ?? '')
    return from.resourceFieldRef === undefined ? undefined : resourceValue(pod, container, from.resourceFieldRef, node)
  }

  private async snapshot(pod: Pod, container: Container): Promise<Snapshot> {
    const wanted = new Set<string>()
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      if (configMapRef?.name) wanted.add(`configmap/${configMapRef.name}`)
      if (secretRef?.name) wanted.add(`secret/${secretRef.name}`)
    }
    for (const { valueFrom } of container.env ?? []) {
      if (valueFrom?.configMapKeyRef?.name) wanted.add(`configmap/${valueFrom.configMapKeyRef.name}`)
      if (valueFrom?.secretKeyRef?.name) wanted.add(`secret/${valueFrom.secretKeyRef.name}`)
    }
    const services = this.servicesFor(pod)
    if (wanted.size === 0) return { services, data: noData }
    const data = new Map<string, ReadonlyMap<string, string>>()
    for (const key of wanted) data.set(key, await this.read(pod.metadata.namespace ?? '', key))
    return { services, data }
  }

  private async read(namespace: string, key: string): Promise<ReadonlyMap<string, string>> {
    const [kind = '', name = ''] = key.split('/')
    const object: ConfigMap | Secret | undefined =
      kind === 'secret'
        ? await this.ctx.client.get(SECRETS, { namespace, name })
        : await this.ctx.client.get(CONFIG_MAPS, { namespace, name })
    return objectFiles(object)
  }

  /** The services whose variables a pod gets: those of its namespace, and in any case the API's. */
  private servicesFor(pod: Pod): readonly Service[] {
    const informer = this.ctx.informers.of(SERVICES)
    const namespace = pod.spec.enableServiceLinks === false ? '' : (pod.metadata.namespace ?? '')
    let found = this.services.get(namespace)
    if (found === undefined) {
      const own = namespace === '' ? [] : informer.list(namespace)
      const api = informer.get('default', 'kubernetes')
      found = api === undefined || namespace === 'default' ? own : [...own, api]
      this.services.set(namespace, found)
    }
    return found
  }
}

const apiService = 'default/kubernetes'

/** The name by which a pod knows itself. */
export function hostnameOf(pod: Pod): string {
  return pod.spec.hostname ?? pod.metadata.name
}

/** Docker-style variables of a service, as kubelet gives them to containers. */
function addServiceVariables(variables: Map<string, string>, service: Service): void {
  const { clusterIP, ports = [] } = service.spec
  const [first] = ports
  if (!clusterIP || clusterIP === 'None' || first === undefined) return
  const base = service.metadata.name.toUpperCase().replaceAll('-', '_')
  variables.set(`${base}_SERVICE_HOST`, clusterIP)
  variables.set(`${base}_SERVICE_PORT`, String(first.port))
  for (const { name, port } of ports) {
    if (name) variables.set(`${base}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`, String(port))
  }
  const url = (port: (typeof ports)[number]): string => `${protocolOf(port)}://${clusterIP}:${port.port}`
  variables.set(`${base}_PORT`, url(first))
  for (const port of ports) {
    const prefix = `${base}_PORT_${port.port}_${protocolOf(port).toUpperCase()}`
    variables.set(prefix, url(port))
    variables.set(`${prefix}_PROTO`, protocolOf(port))
    variables.set(`${prefix}_PORT`, String(port.port))
    variables.set(`${prefix}_ADDR`, clusterIP)
  }
}

function protocolOf(port: { protocol?: string }): string {
  return (port.protocol ?? 'TCP').toLowerCase()
}

/** Replaces `$(NAME)` by the variable's value; `$$` is a dollar sign; what is unknown stays. */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (all, name?: string) =>
    name === undefined ? '$' : (variables.get(name) ?? all),
  )
}
