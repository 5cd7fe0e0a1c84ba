import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Clock, Random } from '../../../base/index.ts'
import type { KubeObject } from '../../../api/index.ts'
import { unauthorized } from '../errors.ts'
import type { User } from '../exchange.ts'
import { type AuthMethod, bearerToken } from './authenticate.ts'

/** Who issues tokens, and the audience that the API server is. */
export const ISSUER = 'https://kubernetes.default.svc'

/** How tokens are signed: ECDSA on P-256. */
export const ALGORITHM = 'ES256'

/** What a token is asked for. */
export interface TokenSubject {
  readonly serviceAccount: KubeObject
  readonly audiences: readonly string[]
  /** Undefined: it never ends (the token of a Secret). */
  readonly expirationSeconds?: number
  /** The token ends with this pod or secret. */
  readonly boundTo?: { readonly kind: 'pod' | 'secret'; readonly name: string; readonly uid: string }
}

/** Issues and checks the tokens of service accounts (JWT, ES256). */
export interface TokenAuthority {
  issue(subject: TokenSubject): { readonly token: string; readonly expiresAtMs: number | undefined }
  /** The user of a token. Undefined when the token is none of ours; throws 401 when it is and does not hold. */
  check(token: string, audiences?: readonly string[]): User | undefined
  /** What verifies the signatures, as a JSON Web Key. */
  readonly publicKey: Readonly<Record<string, unknown>>
}

interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: readonly string[] | string
  readonly exp?: number
  readonly nbf?: number
  readonly jti?: string
  readonly 'kubernetes.io'?: {
    readonly namespace?: string
    readonly serviceaccount?: NamedObject
    readonly pod?: NamedObject
    readonly secret?: NamedObject
  }
}

interface NamedObject {
  readonly name: string
  readonly uid: string
}

/** Finds the objects that tokens are bound to. */
export type ObjectLookup = (
  resource: 'serviceaccounts' | 'pods' | 'secrets',
  namespace: string,
  name: string,
) => KubeObject | undefined

/** Creates the authority around a private key (PEM). */
export function tokenAuthority(parts: {
  readonly key: string
  readonly clock: Clock
  readonly random: Random
  readonly lookup: ObjectLookup
}): TokenAuthority {
  const privateKey = createPrivateKey(parts.key)
  const publicKey = createPublicKey(privateKey)
  const keyId = idOf(publicKey)
  return {
    publicKey: { use: 'sig', kid: keyId, alg: ALGORITHM, ...publicKey.export({ format: 'jwk' }) },
    issue(subject) {
      const now = Math.floor(parts.clock.nowMs() / 1000)
      const { metadata } = subject.serviceAccount
      const { name = '', namespace = '', uid = '' } = metadata
      const end = subject.expirationSeconds === undefined ? undefined : now + subject.expirationSeconds
      const bound = subject.boundTo
      const claims: Claims & { readonly iat: number } = {
        aud: subject.audiences,
        ...(end !== undefined && { exp: end }),
        iat: now,
        iss: ISSUER,
        jti: parts.random.uuid(),
        'kubernetes.io': {
          namespace,
          serviceaccount: { name, uid },
          ...(bound !== undefined && { [bound.kind]: { name: bound.name, uid: bound.uid } }),
        },
        nbf: now,
        sub: `system:serviceaccount:${namespace}:${name}`,
      }
      return {
        token: signToken(claims, { key: privateKey, keyId }),
        expiresAtMs: end === undefined ? undefined : end * 1000,
      }
    },
    check(token, audiences = [ISSUER]) {
      const claims = readToken(token, publicKey)
      if (claims === undefined) return undefined
      if (!isValid(claims, audiences, parts.clock.nowMs() / 1000)) throw unauthorized()
      return userOf(claims, parts.lookup)
    },
  }
}

/** Bearer tokens of service accounts. */
export function serviceAccountMethod(authority: TokenAuthority): AuthMethod {
  return (request) => {
    const token = bearerToken(request)
    return token === undefined ? undefined : authority.check(token)
  }
}

/** As Kubernetes names keys: the hash of the public key in DER. */
function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
}

function signToken(claims: Claims, { key, keyId }: { readonly key: KeyObject; readonly keyId: string }): string {
  const encode = (data: unknown): string => Buffer.from(JSON.stringify(data)).toString('base64url')
  const body = `${encode({ alg: ALGORITHM, kid: keyId })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' })
  return `${body}.${signature.toString('base64url')}`
}

/** The claims of a token with a good signature; undefined otherwise. */
function readToken(token: string, key: KeyObject): Claims | undefined {
  const [head = '', body = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || signature === '') return undefined
  const good = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!good) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
}

function isValid(claims: Claims, audiences: readonly string[], nowSeconds: number): boolean {
  if (claims.exp !== undefined && claims.exp <= nowSeconds) return false
  if (claims.nbf !== undefined && claims.nbf > nowSeconds + 60) return false
  const given = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? [])
  return given.some((audience) => audiences.includes(audience))
}

function userOf(claims: Claims, lookup: ObjectLookup): User {
  const { namespace = '', serviceaccount, pod, secret } = claims['kubernetes.io'] ?? {}
  if (serviceaccount === undefined) throw unauthorized()
  const account = lookup('serviceaccounts', namespace, serviceaccount.name)
  if (account === undefined || account.metadata.uid !== serviceaccount.uid) throw unauthorized()
  if (pod !== undefined && lookup('pods', namespace, pod.name)?.metadata.uid !== pod.uid) throw unauthorized()
  if (secret !== undefined && lookup('secrets', namespace, secret.name)?.metadata.uid !== secret.uid)
    throw unauthorized()
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti ?? ''}`],
      ...(pod !== undefined && {
        'authentication.kubernetes.io/pod-name': [pod.name],
        'authentication.kubernetes.io/pod-uid': [pod.uid],
      }),
    },
  }
}
