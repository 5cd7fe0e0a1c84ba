import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseYamlToJson } from '../../encoding/index.ts'
import type { ComponentContext, Pod, ReconcileLoop } from '../control/index.ts'
import { isApiError, NODES, PODS } from '../control/index.ts'

/** Annotations by which a mirror pod is known. */
const HASH = 'kubernetes.io/config.hash'
const MIRROR = 'kubernetes.io/config.mirror'

/** How often the folder is read, besides when it says that it has changed; as kubelet. */
const checkMs = 20_000

/** A manifest of the folder, as the pod that stands for it in the API. */
interface Wanted {
  readonly pod: Pod
  readonly hash: string
}

/**
 * Static pods: the node runs the pods whose manifests are in a folder, whatever the API says. Each has a mirror pod in the
 * API, named after the node; one that is deleted comes back, and it goes when its file goes.
 */
export class StaticPods {
  private readonly ctx: ComponentContext
  private readonly folder: string
  private readonly node: string
  private readonly loop: ReconcileLoop
  private wanted = new Map<string, Wanted>()
  private watcher: FSWatcher | undefined
  private cancel: () => void = () => undefined
  constructor(ctx: ComponentContext, folder: string, node: string) {
    this.ctx = ctx
    this.folder = folder
    this.node = node
    this.loop = ctx.loop('static-pods', () => this.reconcile(), 1)
    const look = (): void => this.loop.queue.add(folder)
    ctx.informers.of(PODS).on({ delete: (pod) => (isMirrorOf(pod, node) ? look() : undefined) })
    ctx.informers.of(NODES).on({ add: ({ metadata }) => (metadata.name === node ? look() : undefined) })
    try {
      this.watcher = watch(folder, look)
      this.watcher.on('error', (error) => ctx.report('static-pods', folder, error))
    } catch (error) {
      ctx.report('static-pods', folder, error)
    }
    const tick = (): void => {
      look()
      this.cancel = ctx.clock.after(checkMs, tick)
    }
    tick()
    ctx.onStop(() => {
      this.watcher?.close()
      this.cancel()
    })
  }

  private async reconcile(): Promise<void> {
    const node = this.ctx.informers.of(NODES).get('', this.node)
    if (node === undefined) return
    this.wanted = await this.read(node.metadata.uid)
    for (const pod of this.ctx.informers.of(PODS).list()) {
      if (!isMirrorOf(pod, this.node) || pod.metadata.deletionTimestamp !== undefined) continue
      const wanted = this.wanted.get(keyOf(pod))
      if (wanted?.hash !== pod.metadata.annotations?.[HASH]) await this.remove(pod)
    }
    for (const { pod } of this.wanted.values()) {
      const { namespace = 'default', name } = pod.metadata
      if (this.ctx.informers.of(PODS).get(namespace, name) !== undefined) continue
      try {
        await this.ctx.client.as('kubelet').create(PODS, pod)
      } catch (error) {
        if (!isApiError(error, 'ALREADY_EXISTS')) throw error
      }
    }
  }

  private async remove(pod: Pod): Promise<void> {
    await this.ctx.client.as('kubelet').delete(PODS, pod.metadata, { uid: pod.metadata.uid, gracePeriodSeconds: 0 })
  }

  private async read(nodeUid: string): Promise<Map<string, Wanted>> {
    const found = new Map<string, Wanted>()
    const names = await readdir(this.folder).catch(() => [])
    for (const name of names.sort()) {
      if (name.startsWith('.')) continue
      try {
        const text = await readFile(join(this.folder, name), 'utf8')
        const wanted = this.mirrorOf(parseYamlToJson(text), nodeUid)
        if (wanted !== undefined) found.set(keyOf(wanted.pod), wanted)
      } catch (error) {
        this.ctx.report('static-pods', name, error)
      }
    }
    return found
  }

  private mirrorOf(manifest: unknown, nodeUid: string): Wanted | undefined {
    if (!isPod(manifest)) return undefined
    const hash = createHash('md5').update(JSON.stringify(manifest)).digest('hex')
    const { namespace = 'default', name, labels, annotations } = manifest.metadata
    const seen = new Date(this.ctx.nowMs()).toISOString()
    const marks = {
      [HASH]: hash,
      [MIRROR]: hash,
      'kubernetes.io/config.seen': seen,
      'kubernetes.io/config.source': 'file',
    }
    const owner = { apiVersion: 'v1', kind: 'Node', name: this.node, uid: nodeUid, controller: true }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-${this.node}`,
        namespace,
        ...(labels === undefined ? {} : { labels }),
        annotations: { ...annotations, ...marks },
        ownerReferences: [owner],
      },
      spec: {
        ...manifest.spec,
        nodeName: this.node,
        tolerations: [...(manifest.spec.tolerations ?? []), { effect: 'NoExecute', operator: 'Exists' }],
        automountServiceAccountToken: false,
      },
    }
    return { pod: pod as unknown as Pod, hash }
  }
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`
}

function isMirrorOf(pod: Pod, node: string): boolean {
  return pod.spec.nodeName === node && pod.metadata.annotations?.[MIRROR] !== undefined
}

function isPod(manifest: unknown): manifest is Pod {
  const pod = manifest as Partial<Pod> | null
  return pod?.kind === 'Pod' && typeof pod.metadata?.name === 'string' && Array.isArray(pod.spec?.containers)
}
