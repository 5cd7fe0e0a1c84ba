import {
  boolAt,
  ensureObject,
  type JsonObject,
  type KubeObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
} from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { keepAllBut, keepField, specOf } from './base.ts'

/** Jobs: a selector by the job's own uid, unless the client manages selectors. */
export const jobStrategy: Strategy = {
  prepareForCreate(object) {
    object.status = {}
    const spec = specOf(object)
    if (!boolAt(spec, 'manualSelector')) generateSelector(object, spec)
    const metadata = object.metadata
    const labels = mapAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels')
    // Defaulting shares the template's labels with a job that has none, so it has the generated ones as well.
    const shared = metadata.labels === labels || Object.keys(metadata.labels ?? {}).length === 0
    if (shared && Object.keys(labels).length > 0) metadata.labels = { ...labels } as Record<string, string>
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
  },
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
  selectableFields: (object) => ({ 'status.successful': String(numberAt(object.status, 'succeeded') ?? 0) }),
}

function generateSelector(object: KubeObject, spec: JsonObject): void {
  const template = ensureObject(ensureObject(spec, 'template'), 'metadata')
  const labels = ensureObject(template, 'labels')
  const { uid = '', name = '' } = object.metadata
  labels['controller-uid'] = uid
  labels['job-name'] = name
  labels['batch.kubernetes.io/controller-uid'] = uid
  labels['batch.kubernetes.io/job-name'] = name
  const selector = ensureObject(spec, 'selector')
  // A selector of the client's own is left for validation to refuse.
  const matchLabels = ensureObject(selector, 'matchLabels')
  if (
    listAt(selector, 'matchExpressions').length === 0 &&
    matchLabels['batch.kubernetes.io/controller-uid'] === undefined
  ) {
    matchLabels['batch.kubernetes.io/controller-uid'] = uid
  }
}
