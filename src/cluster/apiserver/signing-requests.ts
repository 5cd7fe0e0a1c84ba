import type { JsonObject, KubeObject } from '../../api/index.ts'
import type { Store } from '../store/index.ts'
import type { SelfClient } from './extensions/custom-resources.ts'

const PREFIX = 'certificates.k8s.io/certificatesigningrequests/'
const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

/** Gives the new status of a request for a certificate; undefined when there is nothing to do. */
export type CertificateSigner = (request: KubeObject) => JsonObject | undefined

/** Lets `signer` look at each CertificateSigningRequest that is stored or changes. */
export function followSigningRequests(parts: {
  readonly store: Store
  readonly send: SelfClient
  readonly signer: CertificateSigner
}): void {
  const { store, send, signer } = parts
  const look = (request: KubeObject): void => {
    const status = signer(request)
    if (status !== undefined) void send('PUT', `${PATH}/${request.metadata.name ?? ''}/status`, { ...request, status })
  }
  for (const entry of store.range(PREFIX).entries) look(entry.value as KubeObject)
  store.watch(PREFIX, store.publishedRevision, (event) => {
    if (event.type === 'put') look(event.entry.value as KubeObject)
  })
}
