import { describe, expect, test } from 'vitest'
import type { Store, StoreEvent } from '../../src/cluster/store/index.ts'

/** Puts the revision into a value, as the cluster does. */
export const stamp = (value: object, revision: number): object => ({ ...value, revision })

/** Every backend must pass this suite unchanged; a backend may add tests of its own, never skip these. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  const withStore = (run: (store: Store) => Promise<void>) => async (): Promise<void> => {
    const store = await open()
    try {
      await run(store)
    } finally {
      await store.close()
    }
  }
  const keysOf = (entries: readonly { readonly key: string }[]): string[] => entries.map((entry) => entry.key)

  describe(`${name}: writes`, () => {
    test(
      'take revisions one after the other, whatever the key',
      withStore(async (store) => {
        const start = store.revision
        const first = await store.create('g/r/a', { n: 1 })
        const second = await store.create('g/r/b', { n: 1 })
        const third = await store.update('g/r/a', { n: 2 })
        expect([first.revision, second.revision, third.revision]).toEqual([start + 1, start + 2, start + 3])
        expect(third.createRevision).toBe(first.revision)
        expect(store.get('g/r/a')?.value).toEqual({ n: 2, revision: third.revision })
        expect(JSON.parse(third.text)).toEqual(third.value)
      }),
    )
    test(
      'refuse to create what exists and to change what does not',
      withStore(async (store) => {
        await store.create('g/r/a', {})
        await expect(store.create('g/r/a', {})).rejects.toMatchObject({ code: 'KEY_EXISTS' })
        await expect(store.update('g/r/b', {})).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
        await expect(store.delete('g/r/b')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
      }),
    )
    test(
      'against a stale revision change nothing',
      withStore(async (store) => {
        const first = await store.create('g/r/a', { n: 1 })
        await store.update('g/r/a', { n: 2 }, { expectedRevision: first.revision })
        const stale = { expectedRevision: first.revision }
        await expect(store.update('g/r/a', { n: 3 }, stale)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
        await expect(store.delete('g/r/a', stale)).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
        expect(store.get('g/r/a')?.value).toMatchObject({ n: 2 })
      }),
    )
    test(
      'of one turn see each other',
      withStore(async (store) => {
        const results = await Promise.allSettled([store.create('g/r/a', {}), store.create('g/r/a', {})])
        expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected'])
      }),
    )
    test(
      'that delete give the last value with the revision of the deletion',
      withStore(async (store) => {
        const created = await store.create('g/r/a', { n: 1 })
        const deleted = await store.delete('g/r/a')
        expect(deleted.value).toEqual({ n: 1, revision: created.revision + 1 })
        expect(store.get('g/r/a')).toBeUndefined()
      }),
    )
  })

  describe(`${name}: ranges`, () => {
    test(
      'come in order of keys, in pages, within a prefix',
      withStore(async (store) => {
        for (const key of ['g/r/ns/c', 'g/r/ns/a', 'g/r/ns-2/x', 'g/r/ns/b', 'g/other/ns/a'])
          await store.create(key, {})
        const first = store.range('g/r/ns/', { limit: 2 })
        expect(keysOf(first.entries)).toEqual(['g/r/ns/a', 'g/r/ns/b'])
        expect(first.remaining).toBe(1)
        const rest = store.range('g/r/ns/', { limit: 2, after: 'g/r/ns/b' })
        expect(keysOf(rest.entries)).toEqual(['g/r/ns/c'])
        expect(rest.remaining).toBe(0)
        expect(store.count('g/r/')).toBe(4)
        expect(keysOf(store.range('').entries)).toHaveLength(5)
      }),
    )
    test(
      'show the past as it was',
      withStore(async (store) => {
        await store.create('g/r/a', { n: 1 })
        const then = (await store.create('g/r/b', { n: 1 })).revision
        await store.update('g/r/a', { n: 2 })
        await store.delete('g/r/b')
        await store.create('g/r/c', {})
        const past = store.range('g/r/', { revision: then })
        expect(past.entries.map(({ key, value }) => [key, (value as { n: number }).n])).toEqual([
          ['g/r/a', 1],
          ['g/r/b', 1],
        ])
        expect(past.revision).toBe(then)
      }),
    )
    test(
      'refuse a past that is compacted and a future that is not there',
      withStore(async (store) => {
        const first = await store.create('g/r/a', {})
        await store.update('g/r/a', {})
        store.compact(store.publishedRevision)
        expect(() => store.range('g/r/', { revision: first.revision })).toThrow(
          expect.objectContaining({ code: 'REVISION_COMPACTED' }),
        )
        expect(() => store.range('g/r/', { revision: store.revision + 1 })).toThrow(
          expect.objectContaining({ code: 'REVISION_IN_FUTURE' }),
        )
      }),
    )
  })

  describe(`${name}: watches`, () => {
    const collect = (store: Store, prefix: string, after: number): { events: string[]; close(): void } => {
      const events: string[] = []
      const handle = store.watch(prefix, after, (event: StoreEvent) => {
        events.push(`${event.type} ${event.entry.key} ${event.revision}`)
      })
      return { events, close: () => handle.close() }
    }
    test(
      'replay the past and go on, each change once and in order',
      withStore(async (store) => {
        const start = store.revision
        await store.create('g/r/a', {})
        const { events } = collect(store, 'g/r/', start)
        await store.update('g/r/a', {})
        await store.create('g/other/a', {})
        await store.delete('g/r/a')
        const at = (offset: number): number => start + offset
        expect(events).toEqual([`put g/r/a ${at(1)}`, `put g/r/a ${at(2)}`, `delete g/r/a ${at(4)}`])
      }),
    )
    test(
      'started between a write and its commit see it exactly as asked',
      withStore(async (store) => {
        const before = store.revision
        const pending = store.create('g/r/a', {})
        const early = collect(store, 'g/r/', before)
        const late = collect(store, 'g/r/', store.revision)
        await pending
        expect(early.events).toHaveLength(1)
        expect(late.events).toEqual([])
      }),
    )
    test(
      'stop when closed, and refuse a start that is compacted',
      withStore(async (store) => {
        const start = store.revision
        const watch = collect(store, 'g/r/', start)
        watch.close()
        await store.create('g/r/a', {})
        expect(watch.events).toEqual([])
        store.compact(store.publishedRevision)
        expect(() => collect(store, 'g/r/', start)).toThrow(expect.objectContaining({ code: 'REVISION_COMPACTED' }))
      }),
    )
  })
}
