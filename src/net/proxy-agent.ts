import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions } from 'node:https'
import { connect, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { describeSocketFailure } from './errors.ts'
import { type Proxy as ProxyAddress, proxyFor } from './proxy.ts'
import { openSocksTunnel } from './socks.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What Node's agents are asked for. */
interface Destination {
  readonly host?: string
  readonly port?: number | string
  readonly servername?: string
  /** Set by ourselves: the host and port are those of this proxy, or this SOCKS proxy leads to them. */
  readonly proxy?: ProxyAddress
}

type Done = (error: Error | null, stream?: Duplex) => void

/** An agent's method that Node documents by its behaviour only: gives a request its connection. */
interface AgentMethods {
  addRequest(this: HttpAgent, request: ClientRequest, options: Destination): void
}

/** The agents for requests of both kinds. */
export interface ProxyAgents {
  readonly httpAgent: HttpAgent
  readonly httpsAgent: HttpsAgent
}

/**
 * Agents that send each request through the proxy that its URL wants, if any; redirects are decided anew. Proxies are asked for
 * whole URLs of plain HTTP, and to connect (CONNECT) to servers of HTTPS; SOCKS 5 proxies to connect to all. As Go's
 * http.Transport, whose words they use.
 */
export function proxyAgents(env: Environment, tls: AgentOptions): ProxyAgents {
  const { addRequest } = HttpAgent.prototype as unknown as AgentMethods

  class ProxyHttpAgent extends HttpAgent {
    /** Called by Node for each request before its head is written. */
    addRequest(request: ClientRequest, options: Destination): void {
      const port = String(options.port ?? 80)
      const origin = `http://${bracketed(options.host ?? '')}${port === '80' ? '' : `:${port}`}`
      const proxy = proxyFor(new URL(origin), env)
      if (proxy === undefined) {
        addRequest.call(this, request, options)
        return
      }
      if (!isSocks(proxy)) {
        request.path = `${origin}${request.path}`
        if (proxy.auth !== undefined) request.setHeader('Proxy-Authorization', basic(proxy.auth))
      }
      const place = isSocks(proxy) ? {} : { host: proxy.host, port: proxy.port }
      addRequest.call(this, request, { ...options, ...place, proxy })
    }

    override createConnection(options: Destination, done: Done): Duplex | null | undefined {
      if (options.proxy === undefined) return super.createConnection(options, done)
      const { proxy, host = '', port = 80 } = options
      const connected = isSocks(proxy) ? throughSocks(proxy, host, Number(port)) : connectToProxy(proxy)
      connected.then((socket) => done(null, socket), done)
      return undefined
    }
  }

  class ProxyHttpsAgent extends HttpsAgent {
    override createConnection(options: Destination, done: Done): Duplex | null | undefined {
      const authority = `${bracketed(options.host ?? '')}:${options.port ?? 443}`
      const proxy = proxyFor(new URL(`https://${authority}`), env)
      if (proxy === undefined) return super.createConnection(options, done)
      const { host = '', port = 443 } = options
      const tunnel = isSocks(proxy) ? throughSocks(proxy, host, Number(port)) : openTunnel(proxy, authority)
      tunnel.then((socket) => done(null, secured(socket, options)), done)
      return undefined
    }
  }

  return { httpAgent: new ProxyHttpAgent(), httpsAgent: new ProxyHttpsAgent(tls) }
}

function secured(socket: Socket, options: Destination): Duplex {
  const { servername = '', host = '' } = options
  const name = servername === '' ? host : servername
  return connectTls({ ...options, port: Number(options.port ?? 443), socket, servername: isIP(name) === 0 ? name : '' })
}

/** Whether any proxy may be wanted, so that the agents above are needed. */
export function mayUseProxy(env: Environment): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY'].some((name) => (env[name] || env[name.toLowerCase()] || '') !== '')
}

function connectToProxy(proxy: ProxyAddress): Promise<Socket> {
  const { host, port } = proxy
  return new Promise((resolve, reject) => {
    const isSecure = proxy.protocol === 'https'
    const socket = isSecure
      ? connectTls({ host, port, servername: isIP(host) === 0 ? host : '' })
      : connect({ host, port })
    const fail = (error: Error): void => {
      const { reason } = describeSocketFailure(error, `${isSecure ? 'https' : 'http'}://${bracketed(host)}:${port}`)
      reject(new Error(`proxyconnect tcp: ${reason}`))
    }
    socket.once('error', fail)
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

function isSocks({ protocol }: ProxyAddress): boolean {
  return protocol === 'socks5' || protocol === 'socks5h'
}

async function throughSocks(proxy: ProxyAddress, host: string, port: number): Promise<Socket> {
  const socket = await connectToProxy(proxy)
  await openSocksTunnel(socket, proxy.auth, host.replace(/^\[|\]$/g, ''), port)
  return socket
}

async function openTunnel(proxy: ProxyAddress, authority: string): Promise<Socket> {
  const connection = await connectToProxy(proxy)
  const headers = {
    Host: authority,
    'User-Agent': 'Go-http-client/1.1',
    ...(proxy.auth === undefined ? {} : { 'Proxy-Authorization': basic(proxy.auth) }),
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ method: 'CONNECT', path: authority, headers, createConnection: () => connection })
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket as Socket)
      socket.destroy()
      reject(new Error(response.statusMessage ?? ''))
    })
    request.once('error', reject)
    request.end()
  })
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
