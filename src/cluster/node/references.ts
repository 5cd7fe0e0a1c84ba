import type { ApiClient, ConfigMap, Container, Informer, Pod, ResourceType, Secret } from '../control/index.ts'
import { allContainers, CONFIG_MAPS, SECRETS } from '../control/index.ts'
import type { KubeObject } from '../../api/index.ts'
import type { Blocked } from './status.ts'

/** What stops a pod from starting. */
export interface MissingReferences {
  /** Containers that cannot be created, with kubelet's words. */
  readonly containers: Blocked
  /** Volumes that cannot be mounted, with kubelet's words. */
  readonly volumes: readonly { readonly name: string; readonly message: string }[]
}

interface Reference {
  readonly kind: 'configmap' | 'secret'
  readonly name: string
  readonly key?: string
}

const rootCa = 'kube-root-ca.crt'

/**
 * Looks for ConfigMaps and Secrets that a pod names. Existence comes from caches of metadata; keys of an object are read
 * once per version of it. What a cache does not show is asked for, so that a cache that lags never blocks a pod.
 */
export class References {
  private readonly client: ApiClient
  private readonly maps: Informer<KubeObject>
  private readonly secrets: Informer<KubeObject>
  private readonly keys = new Map<string, ReadonlySet<string>>()
  constructor(client: ApiClient, maps: Informer<KubeObject>, secrets: Informer<KubeObject>) {
    this.client = client
    this.maps = maps
    this.secrets = secrets
  }

  /** Everything that is missing; undefined when the pod may start. */
  async missing(pod: Pod): Promise<MissingReferences | undefined> {
    const containers = new Map<string, { reason: string; message: string }>()
    for (const container of allContainers(pod.spec)) {
      for (const reference of containerReferences(container)) {
        const message = await this.problem(pod, reference)
        if (message === undefined) continue
        containers.set(container.name, { reason: 'CreateContainerConfigError', message })
        break
      }
    }
    const volumes: { name: string; message: string }[] = []
    for (const { volume, reference } of volumeReferences(pod)) {
      const message = await this.problem(pod, reference)
      if (message !== undefined) volumes.push({ name: volume, message: volumeMessage(pod, reference, message) })
    }
    return containers.size === 0 && volumes.length === 0 ? undefined : { containers, volumes }
  }

  private async problem(pod: Pod, reference: Reference): Promise<string | undefined> {
    const namespace = pod.metadata.namespace ?? ''
    const [type, informer]: [ResourceType<ConfigMap | Secret>, Informer<KubeObject>] =
      reference.kind === 'configmap' ? [CONFIG_MAPS, this.maps] : [SECRETS, this.secrets]
    const known = informer.get(namespace, reference.name)
    if (known !== undefined && reference.key === undefined) return undefined
    const cacheKey = `${known?.metadata.uid}/${known?.metadata.resourceVersion}`
    let keys = known === undefined ? undefined : this.keys.get(cacheKey)
    if (keys === undefined) {
      const object = await this.client.get(type, { namespace, name: reference.name })
      if (object === undefined) return `${reference.kind} "${reference.name}" not found`
      const binary = (object as ConfigMap).binaryData ?? {}
      keys = new Set([...Object.keys(object.data ?? {}), ...Object.keys(binary)])
      if (this.keys.size > 500) this.keys.clear()
      this.keys.set(`${object.metadata.uid}/${object.metadata.resourceVersion}`, keys)
    }
    if (reference.key === undefined || keys.has(reference.key)) return undefined
    const word = reference.kind === 'configmap' ? 'ConfigMap' : 'Secret'
    return `couldn't find key ${reference.key} in ${word} ${namespace}/${reference.name}`
  }
}

function containerReferences(container: Container): Reference[] {
  const found: Reference[] = []
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name && configMapRef.optional !== true) found.push({ kind: 'configmap', name: configMapRef.name })
    if (secretRef?.name && secretRef.optional !== true) found.push({ kind: 'secret', name: secretRef.name })
  }
  for (const { valueFrom } of container.env ?? []) {
    const map = valueFrom?.configMapKeyRef
    const secret = valueFrom?.secretKeyRef
    if (map?.name && map.optional !== true) found.push({ kind: 'configmap', name: map.name, key: map.key })
    if (secret?.name && secret.optional !== true) found.push({ kind: 'secret', name: secret.name, key: secret.key })
  }
  return found
}

function volumeReferences(pod: Pod): { volume: string; reference: Reference }[] {
  const found: { volume: string; reference: Reference }[] = []
  const add = (
    volume: string,
    kind: Reference['kind'],
    name: string | undefined,
    optional: boolean | undefined,
  ): void => {
    if (name && optional !== true && name !== rootCa) found.push({ volume, reference: { kind, name } })
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(volume.name, 'configmap', volume.configMap?.name, volume.configMap?.optional)
    add(volume.name, 'secret', volume.secret?.secretName, volume.secret?.optional)
    for (const source of volume.projected?.sources ?? []) {
      add(volume.name, 'configmap', source.configMap?.name, source.configMap?.optional)
      add(volume.name, 'secret', source.secret?.name, source.secret?.optional)
    }
  }
  return found
}

function volumeMessage(pod: Pod, reference: Reference, message: string): string {
  return message.endsWith('not found')
    ? `${reference.kind} "${reference.name}" not found`
    : `${pod.metadata.name}: ${message}`
}
