import { ensureObject, type JsonObject, type KubeObject, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { ISSUER, type TokenAuthority } from '../authn/service-account-token.ts'
import { type AdmissionPlugin, isFor } from './chain.ts'

const TYPE = 'kubernetes.io/service-account-token'
const NAME = 'kubernetes.io/service-account.name'
const UID = 'kubernetes.io/service-account.uid'

/** What a token Secret is filled from. */
export interface TokenSecretParts {
  readonly store: Store
  readonly tokens: TokenAuthority
  /** PEM of the cluster's certificate authority. */
  readonly rootCa: string
}

/** Fills Secrets that ask for the token of a service account. Kubernetes leaves that to its token controller. */
export function tokenSecret(parts: TokenSecretParts): AdmissionPlugin {
  return {
    name: 'ServiceAccountTokenSecret',
    admit(request) {
      const secret = request.object
      if (request.operation !== 'CREATE' || !isFor(request, '', 'secrets') || secret === undefined) return
      const name = secret.metadata.annotations?.[NAME] ?? ''
      if (secret.type !== TYPE || name === '') return
      const key = `core/serviceaccounts/${request.namespace}/${name}`
      const serviceAccount = parts.store.get(key)?.value as KubeObject | undefined
      if (serviceAccount === undefined) return
      secret.metadata.annotations = { ...secret.metadata.annotations, [UID]: serviceAccount.metadata.uid ?? '' }
      const data = ensureObject(secret as unknown as JsonObject, 'data')
      const fill = (field: string, text: () => string): void => {
        if (stringAt(data, field) === '') data[field] = Buffer.from(text()).toString('base64')
      }
      fill('ca.crt', () => parts.rootCa)
      fill('namespace', () => request.namespace)
      fill('token', () => parts.tokens.issue({ serviceAccount, audiences: [ISSUER] }).token)
    },
  }
}
