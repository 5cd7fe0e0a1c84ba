import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import type { Scope } from './context.ts'
import { badRequest, refusedStream } from './errors.ts'
import type { ServerRequest } from './exchange.ts'
import { checkNode, containerOf, nodeNameOf, podOf } from './handlers/logs.ts'
import { errorResponse } from './respond.ts'
import { type CommandResult, isRefusal, type StreamPort } from './streams.ts'

const require = createRequire(import.meta.url)

/** The little of the WebSocket package that is used here; it is loaded with the first stream. */
interface WebSocket {
  send(data: Buffer): void
  close(code: number): void
  on(event: 'close', listener: () => void): void
}

interface Server {
  handleUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer, use: (client: WebSocket) => void): void
}

interface ServerOptions {
  readonly noServer: true
  readonly handleProtocols: (offered: ReadonlySet<string>) => string | false
}

/** The channels of a remote command, by the first byte of a frame. */
const CHANNEL = { stdout: 1, stderr: 2, error: 3 } as const
/** What clients may speak: binary channels, the newest first. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

/** Brings a request that asks for another protocol as far as the scope of a resource request; throws what HTTP would answer. */
export type ScopeOfRequest = (request: ServerRequest) => Promise<Scope>

/** Serves exec and attach over WebSocket; everything else that asks for a switch of protocols is refused. */
export function upgradeHandler(
  scopeOf: ScopeOfRequest,
): (request: ServerRequest, socket: Duplex, head: Buffer, message: IncomingMessage) => void {
  let server: Server | undefined
  return (request, socket, head, message) => {
    const run = async (): Promise<void> => {
      const scope = await scopeOf(request)
      const session = sessionOf(scope)
      if (message.headers.upgrade?.toLowerCase() !== 'websocket') {
        throw badRequest('only WebSocket streams are available in a simulated cluster')
      }
      server ??= createWebSocketServer()
      server.handleUpgrade(message, socket, head, (client) => session(client))
    }
    run().catch((error: unknown) => refuse(socket, error))
  }
}

function createWebSocketServer(): Server {
  const { WebSocketServer } = require('ws') as { WebSocketServer: new (options: ServerOptions) => Server }
  return new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  })
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
function sessionOf(scope: Scope): (client: WebSocket) => void {
  const { info, server, request } = scope
  const { port } = server.streams
  if (info.resource !== 'pods' || !['exec', 'attach'].includes(info.subresource)) {
    throw badRequest(`${info.resource}/${info.subresource} is not available in a simulated cluster`)
  }
  const pod = podOf(scope)
  const container = containerOf(pod, request.query.get('container') ?? '')
  const node = nodeNameOf(pod)
  if (node === '') throw badRequest(`pod ${info.name} does not have a host assigned`)
  checkNode(scope, node)
  if (port === undefined) throw badRequest('no node agent is there')
  const target: Target = { namespace: info.namespace, pod: info.name, container }
  if (info.subresource === 'attach') return attach(port, target)
  const result = port.exec(info.namespace, info.name, container, request.query.getAll('command'))
  if (isRefusal(result)) throw refusedStream(result)
  return (client) => sendResult(client, result)
}

interface Target {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

function frame(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(text)])
}

function sendResult(client: WebSocket, result: CommandResult): void {
  if (result.stdout !== '') client.send(frame(CHANNEL.stdout, result.stdout))
  if (result.stderr !== '') client.send(frame(CHANNEL.stderr, result.stderr))
  client.send(frame(CHANNEL.error, JSON.stringify(exitStatus(result.exitCode))))
  client.close(1000)
}

/** How the end of a command is told. */
function exitStatus(code: number): Record<string, unknown> {
  if (code === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

/** Attaching shows what the container prints from now on. */
function attach(port: StreamPort, target: Target): (client: WebSocket) => void {
  return (client) => {
    const abort = new AbortController()
    client.on('close', () => abort.abort())
    const options = { follow: true, tailLines: 0, signal: abort.signal }
    const lines = port.logs(target.namespace, target.pod, target.container, options)
    const finish = (): void => {
      client.send(frame(CHANNEL.error, JSON.stringify(exitStatus(0))))
      client.close(1000)
    }
    if (isRefusal(lines)) {
      client.send(frame(CHANNEL.stderr, `${lines.message}\n`))
      finish()
      return
    }
    const pump = async (): Promise<void> => {
      for await (const line of lines) client.send(frame(CHANNEL.stdout, line))
    }
    pump().then(finish, finish)
  }
}
