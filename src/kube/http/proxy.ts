import http from 'node:http'
import { connect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { proxyFor as environmentProxy, openSocksTunnel } from '../../net/index.ts'
import { KubeClientError } from '../errors.ts'

/** Chooses the proxy for a server: the cluster's own, else that of the environment; undefined: none. */
export function proxyFor(
  target: URL,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  if (configured !== undefined && configured !== '') return parseProxy(configured)
  const found = environmentProxy(target, env)
  if (found === undefined) return undefined
  const { protocol, host, port, auth } = found
  const url = parseProxy(`${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`)
  url.username = encodeURIComponent(auth?.username ?? '')
  url.password = encodeURIComponent(auth?.password ?? '')
  return url
}

const PROTOCOLS = ['http:', 'https:', 'socks5:', 'socks5h:']

function parseProxy(text: string): URL {
  try {
    const url = new URL(text)
    if (PROTOCOLS.includes(url.protocol)) return url
  } catch {
    // Said below, for both causes.
  }
  throw new KubeClientError('KUBECONFIG', `unsupported proxy URL "${text}", must be http, https, or socks5`)
}

/** Opens a connection to `host:port` through `proxy`. */
export function openTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  return proxy.protocol.startsWith('socks') ? throughSocks(proxy, host, port) : openHttpTunnel(proxy, host, port)
}

async function throughSocks(proxy: URL, host: string, port: number): Promise<Socket> {
  const place = { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port === '' ? 1080 : proxy.port) }
  const socket = await new Promise<Socket>((resolve, reject) => {
    const fail = (error: Error): void => reject(Object.assign(error, { viaProxy: true }))
    const opened = connect({ ...place, noDelay: true }, () => {
      opened.off('error', fail)
      resolve(opened)
    })
    opened.once('error', fail)
  })
  const login = { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) }
  await openSocksTunnel(socket, proxy.username === '' ? undefined : login, host, port)
  return socket
}

/** Opens a tunnel by CONNECT. */
function openHttpTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { host: `${host}:${port}` }
    if (proxy.username !== '') {
      const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
      headers['proxy-authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
    }
    const proxyPort = Number(proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port)
    const request = http.request({
      method: 'CONNECT',
      host: proxy.hostname,
      port: proxyPort,
      path: `${host}:${port}`,
      headers,
      ...(proxy.protocol === 'https:'
        ? { createConnection: () => tlsConnect({ host: proxy.hostname, port: proxyPort, servername: proxy.hostname }) }
        : {}),
    })
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket)
      else {
        socket.destroy()
        reject(new KubeClientError('UNREACHABLE', response.statusMessage ?? `proxy answered ${response.statusCode}`))
      }
    })
    request.once('error', (error) => reject(Object.assign(error, { viaProxy: true })))
    request.end()
  })
}
