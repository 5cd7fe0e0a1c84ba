import { expect, test } from 'vitest'
import { ClientsFirst } from '../../../src/cluster/background.ts'
import type { ServerRequest, ServerResponse } from '../../../src/cluster/apiserver/index.ts'
import type { ApiRequest, Transport } from '../../../src/kube/index.ts'

const answer: ServerResponse = { status: 200, headers: {}, body: '' }
const request: ServerRequest = {
  method: 'GET',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: '',
  signal: new AbortController().signal,
}

/** A transport that notes the methods it is asked for. */
function noting(methods: string[]): Transport {
  return {
    request: async ({ method }) => {
      methods.push(method)
      return { status: 200, headers: {}, body: undefined }
    },
    stream: async () => ({ status: 200, headers: {}, chunks: (async function* () {})() }),
    close: async () => {},
  }
}

const write = (method: ApiRequest['method']): ApiRequest => ({ method, path: '/' })

/** A handler that answers when it is told to. */
function held(): { readonly handler: () => Promise<ServerResponse>; readonly release: () => void } {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  return { handler: () => released.then(() => answer), release: () => release() }
}

test("components' writes wait while a client is being answered, reads do not", async () => {
  const first = new ClientsFirst()
  const methods: string[] = []
  const components = first.yielding(noting(methods))
  const { handler, release } = held()
  const served = first.serving(handler)(request)
  const written = components.request(write('PUT'))
  await components.request(write('GET'))
  expect(methods).toEqual(['GET'])
  release()
  await served
  await written
  expect(methods).toEqual(['GET', 'PUT'])
})

test('nothing waits for a client that is not there, and not for ever for one that is', async () => {
  const first = new ClientsFirst()
  const methods: string[] = []
  const components = first.yielding(noting(methods))
  await components.request(write('POST'))
  const { handler, release } = held()
  const served = first.serving(handler)(request)
  await components.request(write('PATCH'))
  expect(methods).toEqual(['POST', 'PATCH'])
  release()
  await served
})

test('a node removes a pod at once: the client that deleted it waits for that', async () => {
  const first = new ClientsFirst()
  const { handler, release } = held()
  const serving = first.serving(handler)(request)
  const methods: string[] = []
  const transport = first.yielding(noting(methods))
  const written = transport.request(write('POST'))
  await transport.request({ method: 'DELETE', path: '/', body: { gracePeriodSeconds: 0 } })
  expect(methods).toEqual(['DELETE'])
  release()
  await Promise.all([serving, written])
  expect(methods).toEqual(['DELETE', 'POST'])
})
