import type { ComponentContext, Container, Pod, VolumeMount } from '../control/index.ts'
import { hostnameOf } from './environment.ts'
import { FileSystem, type Mount } from './runtime/simulated/file-system.ts'
import type { Folder } from './runtime/simulated/folder.ts'
import { VolumeContents } from './volumes.ts'

/** The file systems of simulated containers: an image with little in it, and the volumes where they are mounted. */
export class ContainerFiles {
  private readonly volumes: VolumeContents
  /** Contents that were mounted by subPath, which stay as they were: pod uid → container and path → folder. */
  private readonly fixed = new Map<string, Map<string, Folder>>()
  constructor(ctx: ComponentContext) {
    this.volumes = new VolumeContents(ctx)
  }

  /** Remembers what a container that starts has mounted by subPath from objects of the API. */
  async capture(pod: Pod, container: Container): Promise<void> {
    for (const mount of container.volumeMounts ?? []) {
      if (subPathOf(mount) === undefined) continue
      const folder = await this.folderOf(pod, mount)
      if (folder?.mode !== 'read-only') continue
      let ofPod = this.fixed.get(pod.metadata.uid)
      if (ofPod === undefined) {
        ofPod = new Map()
        this.fixed.set(pod.metadata.uid, ofPod)
      }
      ofPod.set(keyOf(container, mount), folder)
    }
  }

  forget(uid: string): void {
    this.fixed.delete(uid)
    this.volumes.forget(uid)
  }

  /** What a container sees. */
  async of(pod: Pod, container: Container, fullName: string): Promise<FileSystem> {
    const mounts: Mount[] = []
    for (const mount of container.volumeMounts ?? []) {
      const fixed = this.fixed.get(pod.metadata.uid)?.get(keyOf(container, mount))
      const folder = fixed ?? (await this.folderOf(pod, mount))
      if (folder !== undefined) mounts.push(mountOf(mount, folder))
    }
    const statuses = pod.status?.containerStatuses ?? []
    const restarts = statuses.find(({ name }) => name === container.name)?.restartCount ?? 0
    const root = this.volumes.root(pod, container, restarts)
    if (root.list('').length === 0) fillRoot(root, pod, fullName)
    return new FileSystem(root, mounts)
  }

  private async folderOf(pod: Pod, mount: VolumeMount): Promise<Folder | undefined> {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name)
    return volume === undefined ? undefined : this.volumes.of(pod, volume)
  }
}

function keyOf(container: Container, mount: VolumeMount): string {
  return `${container.name}:${mount.mountPath}`
}

function subPathOf(mount: VolumeMount): string | undefined {
  return mount.subPath || mount.subPathExpr || undefined
}

function mountOf(mount: VolumeMount, folder: Folder): Mount {
  const path = mount.mountPath.replace(/\/+$/, '')
  const readOnly = mount.readOnly === true
  const subPath = subPathOf(mount)
  if (subPath === undefined) return { path, folder, readOnly }
  if (folder.read(subPath) !== undefined) return { path, folder, file: subPath, readOnly }
  return { path, folder: folder.below(subPath), readOnly }
}

const FOLDERS = ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'sys', 'tmp', 'usr', 'var']

/** The files that every container has. */
function fillRoot(root: Folder, pod: Pod, fullName: string): void {
  for (const name of FOLDERS) root.makeFolder(name)
  const namespace = pod.metadata.namespace ?? 'default'
  const address = pod.status?.podIP ?? ''
  const names = fullName === hostnameOf(pod) ? fullName : `${fullName}\t${hostnameOf(pod)}`
  root.write('etc/hostname', `${hostnameOf(pod)}\n`)
  root.write('etc/hosts', `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n${address}\t${names}\n`)
  const search = `${namespace}.svc.cluster.local svc.cluster.local cluster.local`
  root.write('etc/resolv.conf', `search ${search}\nnameserver 10.96.0.10\noptions ndots:5\n`)
}
