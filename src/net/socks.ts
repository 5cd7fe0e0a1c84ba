import { isIP, type Socket } from 'node:net'
import { ChartctlError, errorText } from '../base/index.ts'

/** A SOCKS proxy did not grant a connection; worded as Go's net/http words it. */
export class SocksError extends ChartctlError<'SOCKS'> {}

/** Who asks a proxy. */
export interface ProxyLogin {
  readonly username: string
  readonly password: string
}

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
 * Asks the SOCKS 5 proxy at the other end of `socket` for a connection to `host:port`; it looks names up itself (RFC 1928; user
 * and password by RFC 1929). Resolves once `socket` leads there; otherwise ends it and rejects with a SocksError.
 */
export async function openSocksTunnel(
  socket: Socket,
  login: ProxyLogin | undefined,
  host: string,
  port: number,
): Promise<void> {
  // A failure between two answers is noticed when the next is read.
  const ignore = (): void => undefined
  socket.on('error', ignore)
  try {
    await negotiate(socket, login)
    await requestConnection(socket, host, port)
    socket.off('error', ignore)
  } catch (error) {
    const proxy = addressText(socket.remoteAddress ?? '', socket.remotePort ?? 0)
    socket.destroy()
    throw new SocksError('SOCKS', `socks connect tcp ${proxy}->${addressText(host, port)}: ${errorText(error)}`)
  }
}

function addressText(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

async function negotiate(socket: Socket, login: ProxyLogin | undefined): Promise<void> {
  const methods = login === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, PASSWORD]
  socket.write(Uint8Array.from([VERSION, methods.length, ...methods]))
  const [version, method = -1] = await read(socket, 2)
  if (version !== VERSION) throw refused(`unexpected protocol version ${version}`)
  if (method === NO_AUTHENTICATION) return
  if (!methods.includes(method)) throw refused('no acceptable authentication methods')
  const [user, password] = [login?.username, login?.password].map((text) => Buffer.from(text ?? ''))
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

function refused(message: string): SocksError {
  return new SocksError('SOCKS', message)
}
