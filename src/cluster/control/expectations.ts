import type { Clock } from '../../base/index.ts'

const expiryMs = 300_000

/**
 * What a controller has asked for and not yet seen in its cache, per key. While something is expected the controller must
 * not decide again, or it would create twice what the lagging cache does not show. Expectations expire after five minutes.
 */
export class Expectations {
  private readonly clock: Clock
  private readonly pending = new Map<
    string,
    { creations: number; readonly deletions: Set<string>; readonly sinceMs: number }
  >()
  constructor(clock: Clock) {
    this.clock = clock
  }

  expectCreations(key: string, count: number): void {
    this.pending.set(key, { creations: count, deletions: new Set(), sinceMs: this.clock.nowMs() })
  }

  /** Expects deletions of the objects with these keys or uids. */
  expectDeletions(key: string, ids: Iterable<string>): void {
    this.pending.set(key, { creations: 0, deletions: new Set(ids), sinceMs: this.clock.nowMs() })
  }

  /** Expects both in one step. */
  expect(key: string, creations: number, deletions: Iterable<string>): void {
    this.pending.set(key, { creations, deletions: new Set(deletions), sinceMs: this.clock.nowMs() })
  }

  creationObserved(key: string): void {
    const entry = this.pending.get(key)
    if (entry !== undefined && entry.creations > 0) entry.creations--
  }

  deletionObserved(key: string, id: string): void {
    this.pending.get(key)?.deletions.delete(id)
  }

  /** True when everything expected was seen, or waited for long enough. */
  satisfied(key: string): boolean {
    const entry = this.pending.get(key)
    if (entry === undefined) return true
    if (entry.creations <= 0 && entry.deletions.size === 0) return true
    return this.clock.nowMs() - entry.sinceMs > expiryMs
  }

  forget(key: string): void {
    this.pending.delete(key)
  }
}
