import { type JsonObject, type KubeObject, objectAt, valueAt } from '../../../api/index.ts'
import { type Findings, invalid, required } from './findings.ts'
import { isSoundSelector, printMap, printSelector, selectorMatchesLabels } from './selector.ts'

/** Checks the selector and the labels that a Job is given unless its client manages them. As validateGeneratedSelector. */
export function validateGeneratedSelector(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const selector = objectAt(spec, 'selector')
  if (valueAt(spec, 'manualSelector') === true || selector === undefined) return []
  const { name = '', uid = '' } = object.metadata
  const expected = {
    'controller-uid': uid,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
  }
  const labels = objectAt(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels')
  const out = Object.entries(expected).flatMap(([key, value]): Findings => {
    const field = `spec.template.metadata.labels[${key}]`
    const found = labels?.[key]
    if (found === undefined) return [required(field, `must be '${value}'`)]
    return found === value ? [] : [invalid(field, printMap(labels), `must be '${value}'`)]
  })
  if (isSoundSelector(selector) && !selectorMatchesLabels(selector, expected)) {
    out.push(invalid('spec.selector', printSelector(selector), '`selector` not auto-generated'))
  }
  return out
}
