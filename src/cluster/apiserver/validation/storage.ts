import { jsonEqual, type KubeObject, mapAt, qualifiedNameProblems, stringAt, stringsAt } from '../../../api/index.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'

const BINDING = ['Immediate', 'WaitForFirstConsumer']

/** Checks a StorageClass. */
export function validateStorageClass(object: KubeObject): Findings {
  const out: Findings = []
  const provisioner = stringAt(object, 'provisioner')
  if (provisioner === '') out.push(required('provisioner'))
  else out.push(...invalidEach('provisioner', provisioner, qualifiedNameProblems(provisioner.toLowerCase())))
  const parameters = mapAt(object, 'parameters')
  if (Object.keys(parameters).some((key) => key === '')) out.push(invalid('parameters', '', 'field can not be empty.'))
  const reclaim = stringAt(object, 'reclaimPolicy')
  if (reclaim !== '' && !['Delete', 'Retain'].includes(reclaim)) {
    out.push(notSupported('reclaimPolicy', reclaim, ['Delete', 'Retain']))
  }
  const binding = stringAt(object, 'volumeBindingMode')
  if (binding === '') out.push(required('volumeBindingMode'))
  else if (!BINDING.includes(binding)) out.push(notSupported('volumeBindingMode', binding, BINDING))
  return out
}

/** What a class never changes. */
export function validateStorageClassUpdate(object: KubeObject, old: KubeObject): Findings {
  const out: Findings = []
  if (object.provisioner !== old.provisioner) out.push(invalid('provisioner', object.provisioner, IMMUTABLE))
  for (const key of ['parameters', 'reclaimPolicy']) {
    if (!jsonEqual(object[key] ?? null, old[key] ?? null)) out.push(forbidden(key, `updates to ${key} are forbidden.`))
  }
  if (object.volumeBindingMode !== old.volumeBindingMode)
    out.push(invalid('volumeBindingMode', object.volumeBindingMode, IMMUTABLE))
  return out
}

/** Checks a CSIDriver. */
export function validateCsiDriver(object: KubeObject): Findings {
  const modes = stringsAt(object.spec, 'volumeLifecycleModes')
  return modes
    .filter((mode) => mode !== 'Persistent' && mode !== 'Ephemeral')
    .map((mode) => notSupported('spec.volumeLifecycleModes', mode, ['Ephemeral', 'Persistent']))
}
