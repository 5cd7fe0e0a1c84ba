import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** The groups that extend the API: admissionregistration, apiextensions and apiregistration. */
export function extensionResources(): ResourceDefinition[] {
  const line = { categories: ['api-extensions'], namespaced: false }
  return [
    ...defineResources('admissionregistration.k8s.io', 'v1', [
      { kind: 'MutatingAdmissionPolicy', plural: 'mutatingadmissionpolicies', ...line, hashVersion: 'v1beta1' },
      {
        kind: 'MutatingAdmissionPolicyBinding',
        plural: 'mutatingadmissionpolicybindings',
        ...line,
        hashVersion: 'v1beta1',
      },
      { kind: 'MutatingWebhookConfiguration', plural: 'mutatingwebhookconfigurations', ...line },
      { kind: 'ValidatingAdmissionPolicy', plural: 'validatingadmissionpolicies', ...line, subresources: [STATUS] },
      { kind: 'ValidatingAdmissionPolicyBinding', plural: 'validatingadmissionpolicybindings', ...line },
      { kind: 'ValidatingWebhookConfiguration', plural: 'validatingwebhookconfigurations', ...line },
    ]),
    ...defineResources('apiextensions.k8s.io', 'v1', [
      {
        kind: 'CustomResourceDefinition',
        plural: 'customresourcedefinitions',
        short: ['crd', 'crds'],
        ...line,
        hashVersion: 'v1beta1',
        subresources: [STATUS],
      },
    ]),
    ...defineResources('apiregistration.k8s.io', 'v1', [
      { kind: 'APIService', plural: 'apiservices', ...line, subresources: [STATUS] },
    ]),
  ]
}
