import { expect, test } from 'vitest'
import { manualClock } from '../../../../src/base/index.ts'
import { ApiClient, CONFIG_MAPS, Informer } from '../../../../src/cluster/control/index.ts'
import type { ApiRequest, Transport } from '../../../../src/kube/index.ts'

type Line = Record<string, unknown>

/** A transport whose lists and watches are given in order; a watch stays open after its lines until it is ended. */
function scripted(lists: { version: string; names: [string, string][] }[], watches: Line[][]) {
  const asked: ApiRequest[] = []
  const transport: Transport = {
    async request(request) {
      asked.push(request)
      const { version, names } = lists.shift() ?? { version: '0', names: [] }
      const items = names.map(([name, resourceVersion]) => ({
        metadata: { namespace: 'ns', name, uid: `u-${name}`, resourceVersion },
      }))
      return { status: 200, headers: {}, body: { items, metadata: { resourceVersion: version } } }
    },
    async stream(request) {
      asked.push(request)
      const lines = watches.shift()
      async function* chunks() {
        const encoder = new TextEncoder()
        for (const line of lines ?? []) yield encoder.encode(`${JSON.stringify(line)}\n`)
        if (lines === undefined) await new Promise((resolve) => request.signal?.addEventListener('abort', resolve))
      }
      return { status: 200, headers: {}, chunks: chunks() }
    },
    async close() {},
  }
  return { transport, asked }
}

const object = (name: string, resourceVersion: string) => ({
  metadata: { namespace: 'ns', name, uid: `u-${name}`, resourceVersion },
})
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

test('an informer resumes a broken watch and lists again when its version is too old', async () => {
  const { transport, asked } = scripted(
    [
      {
        version: '10',
        names: [
          ['a', '5'],
          ['b', '6'],
        ],
      },
      {
        version: '30',
        names: [
          ['b', '6'],
          ['d', '25'],
        ],
      },
    ],
    [
      [
        { type: 'ADDED', object: object('c', '11') },
        { type: 'DELETED', object: object('a', '12') },
        { type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } },
      ],
      [{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }],
    ],
  )
  const informer = new Informer(CONFIG_MAPS, { client: new ApiClient(transport, 'test'), clock: manualClock(0) })
  const seen: string[] = []
  informer.on({
    add: ({ metadata }) => seen.push(`+${metadata.name}`),
    update: (_old, { metadata }) => seen.push(`~${metadata.name}`),
    delete: ({ metadata }) => seen.push(`-${metadata.name}`),
  })
  informer.start()
  await informer.synced
  await settle()
  expect(seen).toEqual(['+a', '+b', '+c', '-a', '+d', '-c'])
  const versions = asked.filter(({ query }) => query?.watch).map(({ query }) => query?.resourceVersion)
  expect(versions).toEqual(['10', '20', '30'])
  expect(
    informer
      .list('ns')
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual(['b', 'd'])
  informer.stop()
})
