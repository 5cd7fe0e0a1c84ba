/**
 * Go structs that embed another one: JSON shows its fields as the outer struct's own, but decode errors name the embedded
 * struct on the way (`spec.volumes.VolumeSource.hostPath.path`). Facts of the Go types of k8s.io/api.
 */
interface Embedding {
  /** The struct, or several that embed one another from the outside in, with dots between. */
  readonly embedded: string
  /** Fields of the outer struct itself, when all others are embedded. */
  readonly own?: readonly string[]
  /** The embedded fields, when they are few. */
  readonly only?: readonly string[]
}

const CORE = 'io.k8s.api.core.v1.'
const ADMISSION = 'io.k8s.api.admissionregistration.v1.'
const REFERENCE: Embedding = { embedded: 'LocalObjectReference', only: ['name'] }

const EMBEDDINGS: Readonly<Record<string, Embedding | readonly Embedding[]>> = {
  [`${CORE}Volume`]: { embedded: 'VolumeSource', own: ['name'] },
  [`${CORE}PersistentVolumeSpec`]: {
    embedded: 'PersistentVolumeSource',
    own: [
      'capacity',
      'accessModes',
      'claimRef',
      'persistentVolumeReclaimPolicy',
      'storageClassName',
      'mountOptions',
      'volumeMode',
      'nodeAffinity',
      'volumeAttributesClassName',
    ],
  },
  [`${CORE}Probe`]: { embedded: 'ProbeHandler', only: ['exec', 'httpGet', 'tcpSocket', 'grpc'] },
  [`${CORE}EphemeralContainer`]: { embedded: 'EphemeralContainerCommon', own: ['targetContainerName'] },
  [`${CORE}ConfigMapKeySelector`]: REFERENCE,
  [`${CORE}SecretKeySelector`]: REFERENCE,
  [`${CORE}ConfigMapEnvSource`]: REFERENCE,
  [`${CORE}SecretEnvSource`]: REFERENCE,
  [`${CORE}ConfigMapVolumeSource`]: REFERENCE,
  [`${CORE}ConfigMapProjection`]: REFERENCE,
  [`${CORE}SecretProjection`]: REFERENCE,
  'io.k8s.api.networking.v1.IngressRule': { embedded: 'IngressRuleValue', own: ['host'] },
  [`${ADMISSION}RuleWithOperations`]: { embedded: 'Rule', own: ['operations'] },
  [`${ADMISSION}NamedRuleWithOperations`]: [
    { embedded: 'RuleWithOperations', only: ['operations'] },
    { embedded: 'RuleWithOperations.Rule', own: ['resourceNames'] },
  ],
}

/** The embedded struct that brings a field into a struct, as decode errors name it; undefined for its own fields. */
export function embeddedIn(structName: string, field: string): string | undefined {
  const found = EMBEDDINGS[structName]
  if (found === undefined) return undefined
  const all = 'embedded' in found ? [found] : found
  return all.find(({ only, own }) => (only !== undefined ? only.includes(field) : !own?.includes(field)))?.embedded
}
