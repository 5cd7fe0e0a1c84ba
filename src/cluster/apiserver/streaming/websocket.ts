import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'

const require = createRequire(import.meta.url)

/** The little of the WebSocket package that is used here; it is loaded with the first stream. */
export interface WebSocket {
  readonly protocol: string
  send(data: Buffer): void
  close(code: number): void
  on(event: 'close' | 'error', listener: () => void): void
  on(event: 'message', listener: (data: Buffer | string) => void): void
}

/** Makes WebSockets of connections that ask for one. Errors of a connection only close it. */
export interface WebSocketServer {
  handleUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer, use: (client: WebSocket) => void): void
}

interface ServerOptions {
  readonly noServer: true
  readonly handleProtocols: (offered: ReadonlySet<string>) => string | false
}

/** Creates a server that agrees on the first of `protocols` that a client offers. */
export function createWebSocketServer(protocols: readonly string[]): WebSocketServer {
  const { WebSocketServer } = require('ws') as { WebSocketServer: new (options: ServerOptions) => WebSocketServer }
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
  })
  return {
    handleUpgrade: (message, socket, head, use) =>
      server.handleUpgrade(message, socket, head, (client) => {
        client.on('error', () => {})
        use(client)
      }),
  }
}
