import { jsonEqual, type KubeObject, stringAt } from '../../../api/index.ts'
import type { AccessJudge } from '../authz/attributes.ts'
import type { User } from '../exchange.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusedBy } from './chain.ts'

const GROUP = 'certificates.k8s.io'

/** Who may approve and sign requests for certificates is decided by signer. */
export function certificateAdmission(judge: AccessJudge): AdmissionPlugin[] {
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
