import type { ComponentContext, Container, KeyToPath, Node, PersistentVolume, Pod, Volume } from '../control/index.ts'
import { CLAIMS, CONFIG_MAPS, NODES, SECRETS, VOLUMES } from '../control/index.ts'
import { downwardFiles } from './downward.ts'
import { objectFiles, projected } from './object-files.ts'
import { Folder } from './runtime/simulated/folder.ts'

/**
 * The contents of simulated volumes. Those of ConfigMaps, Secrets and the downward API are read when someone looks; what
 * containers write into the others is kept in memory as long as the real thing would last: an emptyDir with its pod, a
 * hostPath with its node, an NFS export with its server, a claim's files with its volume.
 */
export class VolumeContents {
  private readonly ctx: ComponentContext
  private readonly folders = new Map<string, Folder>()
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    ctx.informers.of(VOLUMES).on({
      update: (old, next) => {
        if (old.status?.phase === 'Released' && next.status?.phase === 'Available') this.ofVolume(next, '').clear()
      },
      delete: ({ metadata }) => this.drop(`pv/${metadata.uid}`),
    })
    ctx.informers.of(NODES).on({ delete: ({ metadata }) => this.drop(`node/${metadata.name}`) })
  }

  /** Forgets what belonged to a pod only. */
  forget(uid: string): void {
    const prefix = `pod/${uid}/`
    for (const key of this.folders.keys()) if (key.startsWith(prefix)) this.folders.delete(key)
  }

  /** What a volume of a pod holds. */
  async of(pod: Pod, volume: Volume): Promise<Folder> {
    if (volume.configMap) return new Folder(await this.object(pod, 'configmap', volume.configMap), 'read-only')
    if (volume.secret) {
      const { secretName: name, items } = volume.secret
      return new Folder(await this.object(pod, 'secret', { name, items }), 'read-only')
    }
    if (volume.downwardAPI) return new Folder(downwardFiles(pod, volume.downwardAPI.items, this.node(pod)), 'read-only')
    if (volume.projected) return new Folder(await this.projected(pod, volume), 'read-only')
    if (volume.hostPath) return this.folder(`node/${pod.spec.nodeName}`).below(volume.hostPath.path)
    if (volume.nfs) return this.folder(`nfs/${volume.nfs.server}`).below(volume.nfs.path)
    const claim = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${pod.metadata.name}-${volume.name}`)
    return claim ? this.claimed(pod, claim) : this.folder(`pod/${pod.metadata.uid}/${volume.name}`)
  }

  /** The file system of a container's image and what the container wrote on it; anew after each restart. */
  root(pod: Pod, container: Container, restarts: number): Folder {
    return this.folder(`pod/${pod.metadata.uid}/ ${container.name}/${restarts}`)
  }

  private claimed(pod: Pod, name: string): Folder {
    const { namespace = '' } = pod.metadata
    const claim = this.ctx.informers.of(CLAIMS).get(namespace, name)
    const volume = this.ctx.informers.of(VOLUMES).get('', claim?.spec.volumeName ?? '')
    if (volume === undefined) return this.folder(`pod/${pod.metadata.uid}/${name}`)
    return this.ofVolume(volume, pod.spec.nodeName ?? '')
  }

  private ofVolume(volume: PersistentVolume, node: string): Folder {
    const { nfs, hostPath } = volume.spec as { nfs?: Volume['nfs']; hostPath?: Volume['hostPath'] }
    if (nfs) return this.folder(`nfs/${nfs.server}`).below(nfs.path)
    if (hostPath) return this.folder(`node/${node}`).below(hostPath.path)
    return this.folder(`pv/${volume.metadata.uid}`)
  }

  private async projected(pod: Pod, volume: Volume): Promise<ReadonlyMap<string, string>> {
    const files = new Map<string, string>()
    const add = (more: ReadonlyMap<string, string>): void => {
      for (const [path, content] of more) files.set(path, content)
    }
    for (const source of volume.projected?.sources ?? []) {
      if (source.configMap) add(await this.object(pod, 'configmap', source.configMap))
      if (source.secret) add(await this.object(pod, 'secret', source.secret))
      if (source.downwardAPI) add(downwardFiles(pod, source.downwardAPI.items, this.node(pod)))
      if (source.serviceAccountToken) files.set(source.serviceAccountToken.path, simulatedToken)
    }
    return files
  }

  private async object(
    pod: Pod,
    kind: 'configmap' | 'secret',
    source: { readonly name?: string | undefined; readonly items?: readonly KeyToPath[] | undefined },
  ): Promise<ReadonlyMap<string, string>> {
    const where = { namespace: pod.metadata.namespace ?? '', name: source.name ?? '' }
    const object =
      kind === 'secret' ? await this.ctx.client.get(SECRETS, where) : await this.ctx.client.get(CONFIG_MAPS, where)
    return projected(objectFiles(object), source.items)
  }

  private node(pod: Pod): Node | undefined {
    return this.ctx.informers.of(NODES).get('', pod.spec.nodeName ?? '')
  }

  private folder(key: string): Folder {
    let folder = this.folders.get(key)
    if (folder === undefined) {
      folder = new Folder(new Map(), 'writable')
      this.folders.set(key, folder)
    }
    return folder
  }

  private drop(key: string): void {
    this.folders.delete(key)
  }
}

/** Pods get no real token: nothing in a simulated container could use it. */
const simulatedToken = 'simulated'
