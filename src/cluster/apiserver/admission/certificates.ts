import { jsonEqual, type KubeObject, stringAt } from '../../../api/index.ts'
import type { AccessJudge } from '../authz/attributes.ts'
import type { User } from '../exchange.ts'
import { type AdmissionPlugin, type AdmissionRequest, isFor, refusedBy } from './chain.ts'

const GROUP = 'certificates.k8s.io'

/** Reads a PKCS #10 request in PEM; undefined when it is none. */
export type ReadCertificateRequest = (
  pem: string,
) => { readonly commonName: string; readonly organizations: readonly string[] } | undefined

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'

/** Who may approve and sign requests for certificates is decided by signer; nobody gets one of the administrators. */
export function certificateAdmission(judge: AccessJudge, readRequest: ReadCertificateRequest): AdmissionPlugin[] {
  return [
    {
      name: 'CertificateApproval',
      validate(request) {
        const { oldObject } = request
        if (!isRequest(request, 'approval') || oldObject === undefined) return
        const signer = stringAt(oldObject.spec, 'signerName')
        if (may(judge, request.user, 'approve', signer)) return
        throw refusedBy(request, `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`)
      },
    },
    {
      name: 'CertificateSigning',
      validate(request) {
        const { object, oldObject } = request
        if (!isRequest(request, 'status') || object === undefined || oldObject === undefined) return
        if (isSame(object, oldObject, 'certificate') && isSame(object, oldObject, 'conditions')) return
        const signer = stringAt(oldObject.spec, 'signerName')
        if (may(judge, request.user, 'sign', signer)) return
        throw refusedBy(request, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`)
      },
    },
    {
      name: 'CertificateSubjectRestriction',
      validate(request) {
        const { object } = request
        if (!isFor(request, GROUP, 'certificatesigningrequests') || object === undefined) return
        if (stringAt(object.spec, 'signerName') !== CLIENT_SIGNER) return
        const parsed = readRequest(Buffer.from(stringAt(object.spec, 'request'), 'base64').toString())
        if (parsed === undefined) {
          throw refusedBy(request, 'failed to parse CSR: PEM block type must be CERTIFICATE REQUEST')
        }
        if (!parsed.organizations.includes('system:masters')) return
        throw refusedBy(request, `use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`)
      },
    },
  ]
}

function isRequest({ definition, subresource, operation }: AdmissionRequest, wanted: string): boolean {
  const isOurs = definition.group === GROUP && definition.plural === 'certificatesigningrequests'
  return isOurs && operation === 'UPDATE' && subresource === wanted
}

function isSame(object: KubeObject, old: KubeObject, field: string): boolean {
  const at = (each: KubeObject): unknown => (each.status as Record<string, unknown> | undefined)?.[field] ?? null
  return jsonEqual(at(object), at(old))
}

/** Allowed for the signer itself or for all of its domain. */
function may(judge: AccessJudge, user: User, verb: string, signer: string): boolean {
  const names = [signer, `${signer.split('/')[0] ?? ''}/*`]
  return names.some((name) => {
    const attributes = { user, verb, isResource: true, group: GROUP, resource: 'signers', subresource: '', path: '' }
    return judge({ ...attributes, namespace: '', name }).allowed
  })
}
