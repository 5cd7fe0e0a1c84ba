import type { GroupVersionResource, KubeObject } from '../../api/index.ts'
import type { Clock } from '../../base/index.ts'
import type { Client, KubeList } from '../client.ts'
import { isForbidden, isGone, isNotFound, isUnauthorized, KubeError } from '../errors.ts'

/** A collection that is followed. */
export interface WatchTarget {
  readonly gvr: GroupVersionResource
  /** Undefined for cluster-wide resources. */
  readonly namespace: string | undefined
  /** Only this object; undefined: the whole collection. */
  readonly name: string | undefined
  /** How messages name the kind; the resource's plural when absent. */
  readonly words?: string | undefined
}

/** Told what happens in a collection. */
export interface WatchHandlers {
  /** Everything there is, at the start and after a watch was lost. */
  onList(objects: readonly KubeObject[]): void
  onChange(object: KubeObject): void
  onDelete(object: KubeObject): void
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 30_000

/**
 * Lists, then watches, and begins again when the watch is lost, with growing pauses, until the signal aborts. Rejects
 * only when going on is pointless: not permitted, or the resource is gone for good.
 */
export async function watchObjects(
  client: Client,
  clock: Clock,
  target: WatchTarget,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  const place = { namespace: target.namespace }
  let fieldSelector = target.name === undefined ? undefined : `metadata.name=${target.name}`
  let pauseMs = FIRST_PAUSE_MS
  while (!signal.aborted) {
    try {
      const list: KubeList = await client.list(target.gvr, place, { fieldSelector, signal }).catch((error: unknown) => {
        throw isForbidden(error) && fieldSelector === undefined ? listRefused(target, error) : error
      })
      handlers.onList(list.items)
      let resourceVersion = list.metadata.resourceVersion
      pauseMs = FIRST_PAUSE_MS
      while (!signal.aborted) {
        const options = { fieldSelector, resourceVersion, allowWatchBookmarks: true, signal }
        for await (const event of client.watch(target.gvr, place, options)) {
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion
          if (event.type === 'DELETED') handlers.onDelete(event.object)
          else if (event.type !== 'BOOKMARK') handlers.onChange(event.object)
        }
      }
    } catch (error) {
      if (signal.aborted) return
      if (isForbidden(error) && fieldSelector !== undefined) {
        // Helm follows whole collections; a refusal is to read as it reads there.
        fieldSelector = undefined
        continue
      }
      if (isForbidden(error) || isUnauthorized(error) || isNotFound(error)) throw error
      if (isGone(error)) continue
      await sleep(clock, pauseMs, signal)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
  }
}

/** As controller-runtime's reflector: `failed to list GROUP/VERSION, Kind=KIND: …`. */
function listRefused({ gvr, words = gvr.resource }: WatchTarget, error: KubeError): KubeError {
  return new KubeError({ ...error.status, message: `failed to list ${words}: ${error.message}` }, error.httpStatus)
}

/** Resolves after `delayMs`, or at once when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const wake = (): void => {
      cancel()
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const cancel = clock.after(delayMs, wake)
    signal.addEventListener('abort', wake, { once: true })
  })
}
