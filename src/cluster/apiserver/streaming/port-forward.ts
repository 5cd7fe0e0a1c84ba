import type { PortServer } from '../../../api/index.ts'
import { type ByteLink, SpdyConnection, type SpdyStream } from './spdy/connection.ts'

/** The protocol in which ports are forwarded; over WebSocket it travels inside of messages. */
export const FORWARD_PROTOCOL = 'portforward.k8s.io'
/** Its name as a WebSocket protocol. */
export const TUNNEL_PROTOCOL = `SPDY/3.1+${FORWARD_PROTOCOL}`

/**
 * Forwards ports for a client: for each connection it opens a stream for errors and one for data, tied by a request id.
 * `serverOf` gives what listens on a port of the pod.
 */
export function servePortForward(link: ByteLink, serverOf: (port: number) => PortServer): SpdyConnection {
  const pairs = new Map<string, { error?: SpdyStream; data?: SpdyStream }>()
  return new SpdyConnection(link, (stream) => {
    const port = Number(stream.headers.get('port'))
    const id = stream.headers.get('requestid') ?? String(port)
    const pair = pairs.get(id) ?? {}
    pairs.set(id, pair)
    if (stream.headers.get('streamtype') === 'error') pair.error = stream
    else pair.data = stream
    const { error, data } = pair
    if (error === undefined || data === undefined) return
    pairs.delete(id)
    const end = (): void => {
      data.end()
      error.end()
    }
    serverOf(port)(data).then(end, (reason: unknown) => {
      error.write(
        Buffer.from(`error forwarding port ${port}: ${reason instanceof Error ? reason.message : String(reason)}`),
      )
      end()
    })
  })
}
