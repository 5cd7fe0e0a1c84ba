import { type JsonObject, type KubeObject, type LabelSelector, matchesSelector } from '../../api/index.ts'
import { badRequest } from './errors.ts'
import { parseLabelSelector } from './label-selector.ts'
import type { ResourceDefinition } from './registry/resource.ts'

/** Says whether an object is selected. */
export type Predicate = (object: KubeObject) => boolean

/** Parses a label selector as it stands in `labelSelector=`. Undefined: everything. Throws 400. */
function labelPredicate(selector: string): Predicate | undefined {
  if (selector.trim() === '') return undefined
  const test = parseLabelSelector(selector)
  return (object) => test(object.metadata.labels ?? {})
}

interface FieldTerm {
  readonly field: string
  readonly negative: boolean
  readonly value: string
}

/** Parses a field selector for a resource. Undefined: everything. Throws 400, also for fields that cannot be selected on. */
function fieldPredicate(selector: string, definition: ResourceDefinition): Predicate | undefined {
  if (selector.trim() === '') return undefined
  const terms = fieldTerms(selector)
  const known = fieldsOf({ apiVersion: '', kind: '', metadata: {} }, definition)
  for (const { field } of terms) if (known[field] === undefined) throw unknownField(field, definition)
  return (object) => {
    const fields = fieldsOf(object, definition)
    return terms.every((term) => ((fields[term.field] ?? '') === term.value) !== term.negative)
  }
}

function fieldTerms(selector: string): FieldTerm[] {
  if (selector.trim() === '') return []
  return splitTerms(selector)
    .filter((term) => term !== '')
    .map((term) => fieldTerm(selector, term))
}

/** Splits at commas that no backslash escapes. */
function splitTerms(selector: string): string[] {
  return selector.split(/(?<!\\),/)
}

function fieldTerm(selector: string, term: string): FieldTerm {
  const match = /^([^=!]*)(==|!=|=)(.*)$/s.exec(term)
  if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`)
  const value = (match[3] ?? '').replace(/\\([\\,=])/g, '$1')
  return { field: match[1] ?? '', negative: match[2] === '!=', value }
}

/** Kinds with a list of selectable fields of their own refuse others in other words. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'Event',
  'Namespace',
  'Node',
  'Pod',
  'ReplicationController',
  'Secret',
  'Service',
])

function unknownField(field: string, definition: ResourceDefinition): Error {
  const quoted = JSON.stringify(field)
  if (definition.kind === 'Job' && definition.group === 'batch') {
    return badRequest(`field label ${quoted} not supported for Job`)
  }
  if (definition.custom === true || (definition.group === '' && OWN_FIELDS.has(definition.kind))) {
    return badRequest(`field label not supported: ${field}`)
  }
  if (definition.kind === 'ResourceSlice') {
    const { group, version, kind } = definition
    return badRequest(`field label not supported for ${group}/${version}, Kind=${kind}: ${field}`)
  }
  return badRequest(`${quoted} is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

/** The fields that can be selected on. */
export function fieldsOf(object: KubeObject, definition: ResourceDefinition): Record<string, string> {
  const { name = '', namespace = '' } = object.metadata
  return {
    'metadata.name': name,
    // Custom resources outside of namespaces cannot be selected by one.
    ...((definition.custom !== true || definition.namespaced) && { 'metadata.namespace': namespace }),
    ...definition.strategy.selectableFields?.(object),
  }
}

/** Throws 400 for selectors that cannot be parsed, whatever they select from. */
export function checkSelectors(options: { readonly labelSelector: string; readonly fieldSelector: string }): void {
  labelPredicate(options.labelSelector)
  fieldTerms(options.fieldSelector)
}

/** Both selectors as one predicate; undefined when everything is selected. */
export function selectionOf(
  options: { readonly labelSelector: string; readonly fieldSelector: string },
  definition: ResourceDefinition,
): Predicate | undefined {
  const labels = labelPredicate(options.labelSelector)
  const fields = fieldPredicate(options.fieldSelector, definition)
  if (labels === undefined) return fields
  if (fields === undefined) return labels
  return (object) => labels(object) && fields(object)
}

/** Whether a label selector as it is stored selects an object. Absent: none. */
export function selectorMatches(selector: JsonObject | undefined, object: KubeObject): boolean {
  return matchesSelector(selector as LabelSelector | undefined, object.metadata.labels)
}
