import type { Client } from './client.ts'
import { errorOfAnswer } from './errors.ts'
import { resourcePath } from './paths.ts'
import { PODS } from './wait/pods.ts'

/** The log of one container as it arrives. Rejects with KubeError when the server refuses. */
export async function* containerLog(
  client: Client,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const path = resourcePath(PODS, { namespace: pod.namespace, name: pod.name, subresource: 'log' })
  const answer = await client.transport.stream({
    method: 'GET',
    path,
    query: { container: pod.container },
    headers: { accept: '*/*' },
    ...(signal === undefined ? {} : { signal }),
  })
  // A pod that was never on a node answers 204: an empty log.
  if (answer.status < 200 || answer.status > 299) {
    const parts: Uint8Array[] = []
    for await (const chunk of answer.chunks) parts.push(chunk)
    const body = Buffer.concat(parts).toString('utf8')
    throw errorOfAnswer(answer.status, parse(body), { verb: 'get', resource: 'pods', name: pod.name })
  }
  yield* answer.chunks
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
