import type { ServerResponse } from '../exchange.ts'
import type { PathHandler } from '../server.ts'

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: ['ping', 'log', 'etcd'],
  livez: ['ping', 'log', 'etcd'],
  readyz: ['ping', 'log', 'etcd', 'informer-sync', 'shutdown'],
}

/** The paths that healthPaths serves, as the root lists them. */
export const HEALTH_PATHS = Object.entries(CHECKS).flatMap(([name, checks]) => [
  `/${name}`,
  ...checks.map((check) => `/${name}/${check}`),
])

/** Serves /healthz, /livez and /readyz, with `?verbose` and one path per check. `isReady` tells whether start-up is over. */
export function healthPaths(isReady: () => boolean): PathHandler {
  return (request) => {
    const [name = '', ...check] = request.path.split('/').filter((part) => part !== '')
    const checks = CHECKS[name]
    if (checks === undefined) return undefined
    if (check.length > 0) return checks.includes(check.join('/')) ? text(200, 'ok') : undefined
    const ok = isReady()
    if (ok && !request.query.has('verbose')) return text(200, 'ok')
    const excluded = request.query.getAll('exclude')
    const lines = checks.map((item) => {
      if (excluded.includes(item)) return `[+]${item} excluded: ok`
      return ok ? `[+]${item} ok` : `[-]${item} failed: reason withheld`
    })
    lines.push(...unknownNames(excluded, checks), `${name} check ${ok ? 'passed' : 'failed'}`)
    return text(ok ? 200 : 500, `${lines.join('\n')}\n`)
  }
}

function unknownNames(excluded: readonly string[], checks: readonly string[]): string[] {
  const unknown = excluded.filter((name) => !checks.includes(name)).map((name) => JSON.stringify(name))
  return unknown.length === 0
    ? []
    : [`warn: some health checks cannot be excluded: no matches for ${unknown.sort().join(', ')}`]
}

function text(status: number, body: string): ServerResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body }
}
