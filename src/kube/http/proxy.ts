import http from 'node:http'
import type { Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { KubeClientError } from '../errors.ts'

/** Chooses the proxy for a host: the cluster's own, else that of the environment; undefined: none. */
export function proxyFor(
  target: URL,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  if (configured !== undefined && configured !== '') return parseProxy(configured)
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = env[name] ?? env[name.toLowerCase()] ?? ''
  if (value === '' || isExempt(target, env.NO_PROXY ?? env.no_proxy ?? '')) return undefined
  return parseProxy(value.includes('://') ? value : `http://${value}`)
}

function parseProxy(text: string): URL {
  try {
    const url = new URL(text)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch {
    // Said below, for both causes.
  }
  throw new KubeClientError('KUBECONFIG', `unsupported proxy URL "${text}", must be http or https`)
}

/** As Go's httpproxy: loopback never goes through a proxy; entries are hosts, domain suffixes, `host:port` or `*`. */
function isExempt(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port
  return list.split(',').some((raw) => {
    const entry = raw.trim().toLowerCase()
    if (entry === '') return false
    if (entry === '*') return true
    const [name = '', entryPort] = entry.split(':')
    if (entryPort !== undefined && entryPort !== port) return false
    if (name.startsWith('.')) return host.endsWith(name)
    return host === name || host.endsWith(`.${name}`)
  })
}

/** Opens a tunnel to `host:port` through `proxy` by CONNECT. */
export function openTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
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
