import type { Client } from '../client.ts'
import type { ResourceInfo } from '../resources/info.ts'
import { waitLegacy } from './legacy.ts'
import { watchHooksLegacy } from './legacy-hooks.ts'
import { type WaitOptions, waitForStatus } from './wait-status.ts'

/** `watcher` waits for everything, `hookOnly` for hooks only, `legacy` as Helm 3 did. */
export type WaitStrategy = 'watcher' | 'hookOnly' | 'legacy'

/** Waits for the objects of a release, by one strategy. */
export interface Waiter {
  /** Until everything is ready; with `jobs`, jobs must be complete too. */
  wait(infos: readonly ResourceInfo[], options: WaitOptions & { readonly jobs: boolean }): Promise<void>
  /** Until the pods and jobs of a hook have finished. */
  waitForHook(infos: readonly ResourceInfo[], options: WaitOptions): Promise<void>
  /** Until nothing is left. */
  waitForDelete(infos: readonly ResourceInfo[], options: WaitOptions): Promise<void>
}

/** The waiter of a strategy. */
export function createWaiter(client: Client, strategy: WaitStrategy): Waiter {
  if (strategy === 'legacy') {
    return {
      wait: (infos, options) => waitLegacy(client, infos, options.jobs ? 'jobs' : 'ready', options),
      waitForHook: (infos, options) => watchHooksLegacy(client, infos, options),
      waitForDelete: (infos, options) => waitLegacy(client, infos, 'gone', options),
    }
  }
  const nothing = async (): Promise<void> => undefined
  return {
    wait:
      strategy === 'hookOnly'
        ? nothing
        : (infos, options) => waitForStatus(client, infos, options.jobs ? 'jobs' : 'ready', options),
    waitForHook: (infos, options) => waitForStatus(client, infos, 'hook', options),
    waitForDelete:
      strategy === 'hookOnly' ? nothing : (infos, options) => waitForStatus(client, infos, 'gone', options),
  }
}
