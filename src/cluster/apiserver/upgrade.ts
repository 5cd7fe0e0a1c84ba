import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type CommandRunner, isRefusal, type NodeStreams, type PortServer } from '../../api/index.ts'
import type { Scope } from './context.ts'
import { badRequest, refusedStream } from './errors.ts'
import type { ServerRequest } from './exchange.ts'
import { checkNode, containerOf, nodeNameOf, podOf } from './handlers/logs.ts'
import { booleanParameter } from './request-info.ts'
import { errorResponse } from './respond.ts'
import { serveCommandOverSpdy, SPDY_COMMAND_PROTOCOLS } from './streaming/command-spdy.ts'
import { COMMAND_PROTOCOLS, serveCommandOverWebSocket } from './streaming/command-websocket.ts'
import { FORWARD_PROTOCOL, servePortForward, TUNNEL_PROTOCOL } from './streaming/port-forward.ts'
import type { SpdyConnection } from './streaming/spdy/connection.ts'
import { createWebSocketServer, type WebSocket, type WebSocketServer } from './streaming/websocket.ts'

/** Brings a request that asks for another protocol as far as the scope of a resource request; throws what HTTP would answer. */
export type ScopeOfRequest = (request: ServerRequest) => Promise<Scope>

/** What a client wants after the switch of protocols. */
type Session =
  | { readonly kind: 'command'; readonly run: CommandRunner; readonly options: Options }
  | { readonly kind: 'ports'; readonly serverOf: (port: number) => PortServer }

interface Options {
  readonly stdin: boolean
  readonly tty: boolean
  readonly outputs: readonly ('stdout' | 'stderr')[]
}

/** Serves exec, attach and port-forward over WebSocket and SPDY; what else asks for a switch of protocols is refused. */
export function upgradeHandler(
  scopeOf: ScopeOfRequest,
): (request: ServerRequest, socket: Duplex, head: Buffer, message: IncomingMessage) => void {
  const servers = new Map<Session['kind'], WebSocketServer>()
  const webSocketsFor = (kind: Session['kind']): WebSocketServer => {
    let server = servers.get(kind)
    if (server === undefined) {
      server = createWebSocketServer(kind === 'command' ? COMMAND_PROTOCOLS : [TUNNEL_PROTOCOL])
      servers.set(kind, server)
    }
    return server
  }
  return (request, socket, head, message) => {
    const run = async (): Promise<void> => {
      const session = recorded(await scopeOf(request))
      const protocol = message.headers.upgrade?.toLowerCase()
      if (protocol === 'websocket') {
        webSocketsFor(session.kind).handleUpgrade(message, socket, head, (client) => overWebSocket(client, session))
      } else if (protocol === 'spdy/3.1') overSpdy(socket, head, message, session)
      else throw badRequest('unable to upgrade: the protocols are WebSocket and SPDY/3.1')
    }
    run().catch((error: unknown) => refuse(socket, error))
  }
}

/** The session of a request, recorded as begun or refused. */
function recorded(scope: Scope): Session {
  try {
    const session = sessionOf(scope)
    scope.audit?.switched()
    return session
  } catch (error) {
    scope.audit?.finished(errorResponse(error, 'application/json'))
    throw error
  }
}

function overWebSocket(client: WebSocket, session: Session): void {
  if (session.kind === 'command') {
    serveCommandOverWebSocket(client, session.run, session.options)
    return
  }
  const link = { write: (bytes: Buffer) => client.send(bytes), end: () => client.close(1000) }
  const connection = servePortForward(link, session.serverOf)
  client.on('message', (data) => connection.receive(Buffer.isBuffer(data) ? data : Buffer.from(data)))
  client.on('close', () => connection.close())
}

function overSpdy(socket: Duplex, head: Buffer, message: IncomingMessage, session: Session): void {
  const offered = (message.headersDistinct['x-stream-protocol-version'] ?? []).flatMap((line) => line.split(/,\s*/))
  const known: readonly string[] = session.kind === 'command' ? SPDY_COMMAND_PROTOCOLS : [FORWARD_PROTOCOL]
  const protocol = known.find((each) => offered.includes(each))
  if (protocol === undefined) throw badRequest(`unable to negotiate protocol: client supports [${offered.join(' ')}]`)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  )
  const link = { write: (bytes: Buffer) => void socket.write(bytes), end: () => void socket.end() }
  const connection: SpdyConnection =
    session.kind === 'command'
      ? serveCommandOverSpdy(link, session.run, { ...session.options, protocol })
      : servePortForward(link, session.serverOf)
  socket.on('error', () => connection.close())
  socket.on('close', () => connection.close())
  socket.on('data', (bytes: Buffer) => connection.receive(bytes))
  if (head.length > 0) connection.receive(head)
}

function refuse(socket: Duplex, error: unknown): void {
  const { status, headers, body } = errorResponse(error, 'application/json')
  const bytes = Buffer.from(body as string)
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`),
    `content-length: ${bytes.length}`,
    'connection: close',
  ]
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]))
}

/** Checks everything that can be refused before the switch, and gives what runs after it. */
function sessionOf(scope: Scope): Session {
  const { info, server, request } = scope
  const { port } = server.streams
  if (info.resource !== 'pods' || !['exec', 'attach', 'portforward'].includes(info.subresource)) {
    throw badRequest(`${info.resource}/${info.subresource} is not available in a simulated cluster`)
  }
  const pod = podOf(scope)
  const container = info.subresource === 'portforward' ? '' : containerOf(pod, request.query.get('container') ?? '')
  const node = nodeNameOf(pod)
  if (node === '') throw badRequest(`pod ${info.name} does not have a host assigned`)
  checkNode(scope, node)
  if (port === undefined) throw badRequest('no node agent is there')
  if (info.subresource === 'portforward') {
    return { kind: 'ports', serverOf: (number) => portServer(port, info.namespace, info.name, number) }
  }
  const target = { namespace: info.namespace, pod: info.name, container }
  const run = info.subresource === 'attach' ? port.attach(target) : port.exec(target, request.query.getAll('command'))
  if (isRefusal(run)) throw refusedStream(run)
  return { kind: 'command', run, options: optionsOf(request.query) }
}

function portServer(port: NodeStreams, namespace: string, pod: string, number: number): PortServer {
  const server = port.forward(namespace, pod, number)
  return isRefusal(server) ? () => Promise.reject(new Error(server.message)) : server
}

function optionsOf(query: URLSearchParams): Options {
  const tty = booleanParameter(query, 'tty')
  const outputs = (['stdout', 'stderr'] as const).filter((name) => booleanParameter(query, name))
  return {
    stdin: booleanParameter(query, 'stdin'),
    tty,
    outputs: tty ? outputs.filter((name) => name === 'stdout') : outputs,
  }
}
