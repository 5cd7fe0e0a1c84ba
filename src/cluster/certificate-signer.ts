import type { KubeObject, JsonObject } from '../api/index.ts'
import { formatTime, listAt, numberAt, stringAt, stringsAt } from '../api/index.ts'
import type { Clock } from '../base/index.ts'
import type { KeyPair } from './pki.ts'
import { type ParsedRequest, parseRequest, signRequest } from './signing.ts'

const CLIENT_USAGES = ['client auth', 'digital signature', 'key encipherment']
const YEAR_SECONDS = 365 * 86_400
const SHORTEST_SECONDS = 600

/** What a signer says of a request that it does not sign. */
type Check = (request: ParsedRequest, usages: readonly string[]) => string | undefined

/** The usages that the certificate of a node has; the encipherment of keys may be left out. */
function nodeUsages(wanted: readonly string[], usages: readonly string[]): string | undefined {
  const optional = 'key encipherment'
  const has = wanted.every((usage) => usage === optional || usages.includes(usage))
  return has && usages.every((usage) => wanted.includes(usage))
    ? undefined
    : `usages did not match [${wanted.join(' ')}]`
}

function nodeSubject({ commonName, organizations }: ParsedRequest): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes'
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:'
}

/** The signers that a cluster has, and what they sign. */
const SIGNERS: Readonly<Record<string, Check>> = {
  'kubernetes.io/kube-apiserver-client'(_request, usages) {
    const other = usages.find((usage) => !CLIENT_USAGES.includes(usage))
    if (other !== undefined) return `invalid usage for client certificate: ${other}`
    return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
  },
  'kubernetes.io/kube-apiserver-client-kubelet'(request, usages) {
    const bad = nodeSubject(request)
    if (bad !== undefined) return bad
    if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
    if (request.ipAddresses > 0) return 'IP subjectAltNames are not allowed'
    if (request.otherNames > 0) return 'URI subjectAltNames are not allowed'
    return nodeUsages(['client auth', 'digital signature', 'key encipherment'], usages)
  },
  'kubernetes.io/kubelet-serving'(request, usages) {
    const bad = nodeSubject(request)
    if (bad !== undefined) return bad
    if (request.dnsNames.length + request.ipAddresses === 0) return 'DNS or IP subjectAltName is required'
    if (request.otherNames > 0) return 'URI subjectAltNames are not allowed'
    return nodeUsages(['digital signature', 'key encipherment', 'server auth'], usages)
  },
  'kubernetes.io/legacy-unknown': () => undefined,
}

/**
 * What becomes of a CertificateSigningRequest: the new status, or undefined when there is nothing to do. Requests that are
 * approved and for a signer of the cluster get a certificate or the condition Failed.
 */
export function signedStatus(csr: KubeObject, ca: KeyPair, clock: Clock): JsonObject | undefined {
  const status = (csr.status ?? {}) as JsonObject
  const has = (type: string): boolean =>
    listAt(status, 'conditions').some((condition) => condition.type === type && condition.status !== 'False')
  const check = SIGNERS[stringAt(csr.spec, 'signerName')]
  if (check === undefined || !has('Approved') || has('Denied') || has('Failed')) return undefined
  if (stringAt(status, 'certificate') !== '') return undefined
  const now = formatTime(clock.nowMs())
  const fail = (message: string): JsonObject => ({
    ...status,
    conditions: [
      ...listAt(status, 'conditions'),
      {
        type: 'Failed',
        status: 'True',
        reason: 'SignerValidationFailure',
        message,
        lastUpdateTime: now,
        lastTransitionTime: now,
      },
    ],
  })
  const request = parseRequest(Buffer.from(stringAt(csr.spec, 'request'), 'base64').toString())
  if (request === undefined) return fail('unable to parse csr')
  const usages = stringsAt(csr.spec, 'usages')
  const problem = check(request, usages)
  if (problem !== undefined) return fail(problem)
  const asked = numberAt(csr.spec, 'expirationSeconds') ?? YEAR_SECONDS
  const seconds = Math.max(SHORTEST_SECONDS, Math.min(YEAR_SECONDS, asked))
  const pem = signRequest(ca, request, { usages, nowMs: clock.nowMs(), lifetimeMs: seconds * 1000 })
  return { ...status, certificate: Buffer.from(pem).toString('base64') }
}
