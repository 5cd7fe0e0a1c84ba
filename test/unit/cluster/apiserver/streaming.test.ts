import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import {
  COMMAND_PROTOCOLS,
  serveCommandOverWebSocket,
} from '../../../../src/cluster/apiserver/streaming/command-websocket.ts'
import { createWebSocketServer } from '../../../../src/cluster/apiserver/streaming/websocket.ts'

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: test',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  `Sec-WebSocket-Protocol: ${COMMAND_PROTOCOLS[0]}`,
  '\r\n',
].join('\r\n')

test('a client that breaks the WebSocket protocol ends its own session, not the server', async () => {
  const sockets = createWebSocketServer(COMMAND_PROTOCOLS)
  const ended = new Promise<void>((resolve) => {
    const run = ({ signal }: { readonly signal: AbortSignal }): Promise<number> =>
      new Promise((done) =>
        signal.addEventListener('abort', () => {
          resolve()
          done(0)
        }),
      )
    const server = http.createServer().listen(0, '127.0.0.1', () => {
      const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
      client.write(HANDSHAKE)
      // All reserved bits are set, which no extension has agreed on.
      client.once('data', () => client.write(Buffer.from([0xf2, 0x80, 0, 0, 0, 0])))
      client.on('close', () => server.close())
    })
    server.on('upgrade', (message, socket, head) => {
      sockets.handleUpgrade(message, socket, head, (client) =>
        serveCommandOverWebSocket(client, run, { stdin: false, tty: false }),
      )
    })
  })
  await expect(ended).resolves.toBeUndefined()
})
