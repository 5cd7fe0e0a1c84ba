/**
 * Fields that a write through the main resource or a sub-resource resets, and which therefore nobody comes to own by it.
 * As the GetResetFields of Kubernetes' registry strategies.
 */
export function resetFields(kind: string, subresource: string, hasStatus: boolean): readonly string[] {
  switch (subresource) {
    case '':
      return hasStatus ? ['status'] : []
    case 'status':
      return STATUS_RESETS[kind] ?? ['spec']
    case 'approval':
      return ['spec', 'status.certificate']
    default:
      return ['status']
  }
}

const STATUS_RESETS: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'metadata.labels'],
  Pod: ['spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'],
  CustomResourceDefinition: ['spec', 'metadata'],
  APIService: ['spec', 'metadata'],
  VolumeAttachment: ['spec', 'metadata'],
  ValidatingAdmissionPolicy: ['spec', 'metadata'],
  CertificateSigningRequest: ['spec', 'status.conditions'],
}

/** Resets of the status sub-resource of custom resources. */
export const CUSTOM_STATUS_RESETS: readonly string[] = ['spec', 'metadata']
