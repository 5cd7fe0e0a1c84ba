import { connect, isIP, type Socket } from 'node:net'
import { errorText } from '../../base/index.ts'
import { KubeClientError } from '../errors.ts'

const VERSION = 5
const NO_AUTHENTICATION = 0
const PASSWORD = 2
const CONNECT = 1
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 }
const DOMAIN = 3

/** What a server answers to a request it does not grant, by RFC 1928, in Go's words. */
const REPLIES = [
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
]

/**
 * Opens a connection to `host:port` through a SOCKS 5 proxy, which looks names up itself (RFC 1928; user and password by
 * RFC 1929). Rejects in the words of Go's net/http.
 */
export async function openSocksTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  const proxyPort = Number(proxy.port === '' ? 1080 : proxy.port)
  const socket = await dial(proxy.hostname.replace(/^\[|\]$/g, ''), proxyPort)
  try {
    await negotiate(socket, proxy)
    await requestConnection(socket, host, port)
    return socket
  } catch (error) {
    socket.destroy()
    const target = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
    const why = errorText(error)
    const text = `socks connect tcp ${proxy.hostname}:${proxyPort}->${target}: ${why}`
    throw new KubeClientError('UNREACHABLE', text, {}, error)
  }
}

function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => {
      socket.off('error', fail)
      resolve(socket)
    })
    const fail = (error: Error): void => reject(Object.assign(error, { viaProxy: true }))
    socket.once('error', fail)
  })
}

async function negotiate(socket: Socket, proxy: URL): Promise<void> {
  const methods = proxy.username === '' ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, PASSWORD]
  socket.write(Uint8Array.from([VERSION, methods.length, ...methods]))
  const [version, method = -1] = await read(socket, 2)
  if (version !== VERSION) throw refused(`unexpected protocol version ${version}`)
  if (method === NO_AUTHENTICATION) return
  if (!methods.includes(method)) throw refused('no acceptable authentication methods')
  const [user, password] = [proxy.username, proxy.password].map((text) => Buffer.from(decodeURIComponent(text)))
  if (user === undefined || password === undefined || user.length > 255 || password.length > 255) {
    throw refused('invalid username/password')
  }
  socket.write(Buffer.concat([Uint8Array.of(1, user.length), user, Uint8Array.of(password.length), password]))
  const [, status] = await read(socket, 2)
  if (status !== 0) throw refused('username/password authentication failed')
}

async function requestConnection(socket: Socket, host: string, port: number): Promise<void> {
  socket.write(
    Buffer.concat([Uint8Array.of(VERSION, CONNECT, 0), addressOf(host), Uint8Array.of(port >> 8, port & 255)]),
  )
  const [, reply = 0, , type = 0] = await read(socket, 4)
  if (reply !== 0) throw refused(`unknown error ${REPLIES[reply - 1] ?? `unknown code: ${reply}`}`)
  const length = type === DOMAIN ? ((await read(socket, 1))[0] ?? 0) : (ADDRESS_BYTES[type] ?? 0)
  await read(socket, length + 2)
}

function addressOf(host: string): Buffer {
  const kind = isIP(host)
  if (kind === 4) return Buffer.from([1, ...host.split('.').map(Number)])
  if (kind === 6) return Buffer.concat([Uint8Array.of(4), bytesOfV6(host)])
  const name = Buffer.from(host)
  if (name.length > 255) throw refused('FQDN too long')
  return Buffer.concat([Uint8Array.of(DOMAIN, name.length), name])
}

function bytesOfV6(host: string): Buffer {
  // URLs write addresses in their shortest form: at most one run of zeros is left out.
  const [head = '', tail] = host.split('::')
  const words = (text: string | undefined): number[] =>
    text === undefined || text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16))
  const [before, after] = [words(head), words(tail)]
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]))
}

/** Exactly `count` bytes of an answer; what follows stays in the socket. */
async function read(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null)
    if (bytes !== null && bytes.length === count) return bytes
    if (bytes !== null || socket.readableEnded || socket.destroyed) throw refused('EOF')
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        for (const event of ['readable', 'end', 'close', 'error']) socket.off(event, wake)
        resolve()
      }
      for (const event of ['readable', 'end', 'close', 'error']) socket.once(event, wake)
    })
  }
}

function refused(message: string): KubeClientError {
  return new KubeClientError('UNREACHABLE', message)
}
