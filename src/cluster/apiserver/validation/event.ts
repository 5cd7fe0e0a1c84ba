import {
  dnsSubdomainProblems,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, IMMUTABLE, invalid, invalidEach, required } from './findings.ts'
import { printGoStruct } from './go-print.ts'
import { validateMetadata } from './metadata.ts'

/** Names of fields in events.k8s.io for the core group's, which findings name. */
const IN_EVENTS: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
}

const isCore = (object: KubeObject): boolean => object.apiVersion === 'v1'

/** The key of a field of the core group's event in the version at hand. */
function keyOf(object: KubeObject, field: string): string {
  return isCore(object) ? field : (IN_EVENTS[field] ?? field)
}

/** Who reports: two names for one field. */
function reporterOf(object: KubeObject): readonly [field: string, name: string] {
  const field = isCore(object) ? 'reportingComponent' : 'reportingController'
  return [field, stringAt(object, field)]
}

/** What both versions ask for; events with a time of their own must say more. */
function validateLegacy(object: KubeObject): Findings {
  const out: Findings = []
  const namespace = object.metadata.namespace ?? ''
  const about = stringAt(objectAt(object, keyOf(object, 'involvedObject')), 'namespace')
  const elsewhere = invalid('involvedObject.namespace', about, 'does not match event.namespace')
  if (valueAt(object, 'eventTime') === undefined) {
    const matches = about === '' ? namespace === '' || namespace === 'default' : about === namespace
    if (!matches) out.push(elsewhere)
  } else {
    if (about === '' && namespace !== 'default' && namespace !== 'kube-system') out.push(elsewhere)
    out.push(...validateReport(object))
  }
  return [...out, ...invalidEach('namespace', namespace, dnsSubdomainProblems(namespace))]
}

function validateReport(object: KubeObject): Findings {
  const [field, reporter] = reporterOf(object)
  const out: Findings = reporter === '' ? [required(field)] : []
  out.push(...invalidEach(field, reporter, qualifiedNameProblems(reporter)))
  for (const key of ['reportingInstance', 'action', 'reason']) {
    const text = stringAt(object, key)
    if (text === '') out.push(required(key))
    if (Buffer.byteLength(text) > 128) out.push(invalid(key, '', 'can have at most 128 characters'))
  }
  if (Buffer.byteLength(stringAt(object, keyOf(object, 'message'))) > 1024) {
    out.push(invalid('message', '', 'can have at most 1024 characters'))
  }
  return out
}

function validateSeries(object: KubeObject): Findings {
  const series = objectAt(object, 'series')
  if (!series) return []
  const out: Findings = []
  if ((numberAt(series, 'count') ?? 0) < 2) out.push(invalid('series.count', '', 'should be at least 2'))
  if (valueAt(series, 'lastObservedTime') === undefined) out.push(required('series.lastObservedTime'))
  return out
}

/** Checks a new event. The core group's is checked less; its name is not looked at. */
export function validateNewEvent(object: KubeObject): Findings {
  const out = validateLegacy(object)
  if (isCore(object)) return out
  out.push(...validateMetadata(object, { namespaced: true, rule: dnsSubdomainProblems }))
  out.push(...validateSeries(object))
  if (valueAt(object, 'eventTime') === undefined) out.push(required('eventTime'))
  const type = stringAt(object, 'type')
  if (type !== 'Normal' && type !== 'Warning') out.push(invalid('type', '', `has invalid value: ${type}`))
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count']) {
    if (valueAt(object, keyOf(object, field))) out.push(invalid(field, '', 'needs to be unset'))
  }
  const source = objectAt(object, keyOf(object, 'source'))
  if (stringAt(source, 'component') !== '' || stringAt(source, 'host') !== '') {
    out.push(invalid('source', '', 'needs to be unset'))
  }
  return out
}

/** References print as Go's struct. */
function printed(value: unknown): unknown {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (!isObject || 'component' in value || 'host' in value) return value
  return printGoStruct('ObjectReference', value as JsonObject)
}

const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingController',
  'reportingInstance',
]

/** Checks a changed event: those of events.k8s.io only gain in their series. */
export function validateEventUpdate(object: KubeObject, old: KubeObject): Findings {
  const out = validateLegacy(object)
  if (isCore(object)) return out
  if (!jsonEqual(object.series ?? null, old.series ?? null)) out.push(...validateSeries(object))
  for (const field of FIXED) {
    const key = keyOf(object, field)
    const now = (object as unknown as JsonObject)[key]
    if (!jsonEqual(now ?? null, (old as unknown as JsonObject)[key] ?? null))
      out.push(invalid(field, printed(now), IMMUTABLE))
  }
  return out
}
