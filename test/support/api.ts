import { readFileSync } from 'node:fs'
import https from 'node:https'

/** A small HTTPS client for a kubeconfig with an embedded certificate and a token; independent of the code under test. */
export interface ApiAccess {
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  close(): void
}

/** Opens access by the one context of a kubeconfig that `cluster kubeconfig` printed. */
export function openApi(kubeconfig: string): ApiAccess {
  const text = readFileSync(kubeconfig, 'utf8')
  const field = (name: string): string => new RegExp(`^ +${name}: (.*)$`, 'm').exec(text)?.[1] ?? ''
  const pem = (name: string): Buffer => Buffer.from(field(name), 'base64')
  const agent = new https.Agent({ keepAlive: true, ca: pem('certificate-authority-data') })
  const authorization = `Bearer ${field('token')}`
  const server = field('server')
  return {
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const request = https.request(
          server + path,
          {
            method,
            agent,
            headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
          },
          (response) => {
            const parts: Buffer[] = []
            response.on('data', (part: Buffer) => parts.push(part))
            response.on('error', reject)
            response.on('aborted', () => reject(new Error('the connection was cut')))
            response.on('end', () => {
              const answer = Buffer.concat(parts).toString('utf8')
              try {
                resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) })
              } catch {
                resolve({ status: response.statusCode ?? 0, body: answer })
              }
            })
          },
        )
        request.on('error', reject)
        request.end(body === undefined ? undefined : JSON.stringify(body))
      }),
    close: () => agent.destroy(),
  }
}
