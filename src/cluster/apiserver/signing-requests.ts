import type { JsonObject, KubeObject } from '../../api/index.ts'
import type { FaultReport } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import { followObjects, type SelfClient } from './self-client.ts'

const PREFIX = 'certificates.k8s.io/certificatesigningrequests/'
const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

/** Gives the new status of a request for a certificate; undefined when there is nothing to do. */
export type CertificateSigner = (request: KubeObject) => JsonObject | undefined

/** Lets `signer` look at each CertificateSigningRequest that is stored or changes. */
export function followSigningRequests(parts: {
  readonly store: Store
  readonly send: SelfClient
  readonly signer: CertificateSigner
  readonly report: FaultReport
}): void {
  const { send, signer } = parts
  followObjects(parts, PREFIX, (request) => {
    const status = signer(request)
    if (status !== undefined) void send('PUT', `${PATH}/${request.metadata.name ?? ''}/status`, { ...request, status })
  })
}
