import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import type { StreamSink } from '../../../src/cluster/apiserver/index.ts'
import { localTransport } from '../../../src/cluster/local-client.ts'

test('a stream that is over leaves nothing on the signal of its reader', async () => {
  const user = { name: 'system:admin', groups: ['system:masters'], extra: {} }
  const transport = localTransport(
    async () => ({
      status: 200,
      headers: {},
      body: '',
      stream: (sink: StreamSink) => {
        sink.write('a')
        sink.end()
      },
    }),
    user,
    'test',
  )
  const abort = new AbortController()
  for (let round = 0; round < 3; round++) {
    const { chunks } = await transport.stream({ method: 'GET', path: '/api/v1/pods', signal: abort.signal })
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1)
    const read: string[] = []
    for await (const chunk of chunks) read.push(Buffer.from(chunk).toString())
    expect(read).toEqual(['a'])
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
  }
})
