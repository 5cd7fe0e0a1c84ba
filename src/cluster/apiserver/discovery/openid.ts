import { ALGORITHM, ISSUER, type TokenAuthority } from '../authn/service-account-token.ts'
import { methodNotAllowed } from '../errors.ts'
import type { ServerRequest, ServerResponse } from '../exchange.ts'
import type { PathHandler } from '../server.ts'

const CONFIGURATION = '/.well-known/openid-configuration'
const KEYS = '/openid/v1/jwks'

/** The paths that openidPaths serves, as the root lists them. */
export const OPENID_PATHS = [CONFIGURATION, KEYS]

/**
 * Tells other parties how to check the tokens of service accounts (OpenID Connect Discovery): who issues them and with
 * which key. The key's address is at the host that the client asked.
 */
export function openidPaths({ publicKey }: TokenAuthority): PathHandler {
  return (request) => {
    const path = request.path.replace(/\/$/, '')
    if (path !== CONFIGURATION && path !== KEYS) return undefined
    if (request.method !== 'GET') throw methodNotAllowed()
    return path === KEYS
      ? cacheable('application/jwk-set+json', { keys: [publicKey] })
      : cacheable('application/json', configuration(request))
  }
}

function configuration({ headers }: ServerRequest): Record<string, unknown> {
  return {
    issuer: ISSUER,
    jwks_uri: `https://${headers.host ?? 'kubernetes.default.svc'}${KEYS}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ALGORITHM],
  }
}

function cacheable(type: string, document: unknown): ServerResponse {
  return {
    status: 200,
    headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' },
    body: JSON.stringify(document),
  }
}
