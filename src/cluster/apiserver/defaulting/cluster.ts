import {
  ensureObject,
  type JsonObject,
  listAt,
  mapAt,
  objectAt,
  setAbsent,
  setDefault,
  stringAt,
  valueAt,
} from '../../../api/index.ts'

const RBAC_GROUP = 'rbac.authorization.k8s.io'

/** Namespace: its name is also a label. */
export function defaultNamespace(object: JsonObject): void {
  setDefault(ensureObject(object, 'status'), 'phase', 'Active')
  const metadata = ensureObject(object, 'metadata')
  const name = stringAt(metadata, 'name')
  if (name !== '') ensureObject(metadata, 'labels')['kubernetes.io/metadata.name'] = name
}

/** Node: what can be allocated is what there is, unless it says otherwise. */
export function defaultNode(object: JsonObject): void {
  const status = objectAt(object, 'status')
  const capacity = objectAt(status, 'capacity')
  if (status && capacity && valueAt(status, 'allocatable') === undefined) status.allocatable = { ...capacity }
}

/** Secret: `stringData` is merged into `data`, which is all that is ever read back. */
export function defaultSecret(object: JsonObject): void {
  setDefault(object, 'type', 'Opaque')
  const texts = mapAt(object, 'stringData')
  if (Object.keys(texts).length === 0) return
  const data = ensureObject(object, 'data')
  for (const [key, text] of Object.entries(texts)) data[key] = Buffer.from(text, 'utf8').toString('base64')
  delete object.stringData
}

/** LimitRange: for containers, limits default to the maximum, and requests to the limits or the minimum. */
export function defaultLimitRange(object: JsonObject): void {
  for (const limit of listAt(objectAt(object, 'spec'), 'limits')) {
    if (stringAt(limit, 'type') !== 'Container') continue
    fillMissing(limit, 'default', mapAt(limit, 'max'))
    fillMissing(limit, 'defaultRequest', mapAt(limit, 'default'))
    fillMissing(limit, 'defaultRequest', mapAt(limit, 'min'))
  }
}

function fillMissing(limit: JsonObject, key: string, from: Readonly<Record<string, string>>): void {
  const present = mapAt(limit, key)
  const filled = { ...from, ...present }
  if (Object.keys(filled).length > 0) limit[key] = filled
}

/** RoleBinding and ClusterRoleBinding: API groups follow from the kind of the subject. */
export function defaultRoleBinding(object: JsonObject): void {
  setDefault(ensureObject(object, 'roleRef'), 'apiGroup', RBAC_GROUP)
  for (const subject of listAt(object, 'subjects')) {
    const kind = stringAt(subject, 'kind')
    if (kind === 'User' || kind === 'Group') setDefault(subject, 'apiGroup', RBAC_GROUP)
  }
}

/** PriorityClass. */
export function defaultPriorityClass(object: JsonObject): void {
  setAbsent(object, 'preemptionPolicy', 'PreemptLowerPriority')
}

/** TokenRequest. */
export function defaultTokenRequest(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  if (valueAt(spec, 'expirationSeconds') === undefined) spec.expirationSeconds = 3600
}
