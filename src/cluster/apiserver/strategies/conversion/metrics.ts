import { type Json, type JsonObject, objectAt, valueAt } from '../../../../api/index.ts'

/** Where autoscaling/v1 keeps what v2 calls target, per type of metric: `[old name, name under target]`. */
const TARGETS: Readonly<Record<string, readonly (readonly [old: string, now: string, type: string])[]>> = {
  resource: [
    ['targetAverageUtilization', 'averageUtilization', 'Utilization'],
    ['targetAverageValue', 'averageValue', 'AverageValue'],
  ],
  containerResource: [
    ['targetAverageUtilization', 'averageUtilization', 'Utilization'],
    ['targetAverageValue', 'averageValue', 'AverageValue'],
  ],
  pods: [['targetAverageValue', 'averageValue', 'AverageValue']],
  object: [
    ['targetValue', 'value', 'Value'],
    ['averageValue', 'averageValue', 'AverageValue'],
  ],
  external: [
    ['targetValue', 'value', 'Value'],
    ['targetAverageValue', 'averageValue', 'AverageValue'],
  ],
}

const CURRENT: Readonly<Record<string, readonly (readonly [old: string, now: string])[]>> = {
  resource: [
    ['currentAverageUtilization', 'averageUtilization'],
    ['currentAverageValue', 'averageValue'],
  ],
  containerResource: [
    ['currentAverageUtilization', 'averageUtilization'],
    ['currentAverageValue', 'averageValue'],
  ],
  pods: [['currentAverageValue', 'averageValue']],
  object: [
    ['currentValue', 'value'],
    ['averageValue', 'averageValue'],
  ],
  external: [
    ['currentValue', 'value'],
    ['currentAverageValue', 'averageValue'],
  ],
}

/** A metric in the form that annotations of autoscaling/v1 use. */
export function toOldMetric(metric: JsonObject): JsonObject {
  return convert(metric, (key, source) => {
    const target = objectAt(source, 'target')
    const out = oldIdentity(key, source)
    for (const [old, now] of TARGETS[key] ?? []) copy(out, old, valueAt(target, now))
    return out
  })
}

/** And back. */
export function fromOldMetric(metric: JsonObject): JsonObject {
  return convert(metric, (key, source) => {
    const target: JsonObject = {}
    for (const [old, now, type] of TARGETS[key] ?? []) {
      const value = valueAt(source, old)
      if (value === undefined) continue
      target.type = type
      target[now] = value
    }
    return { ...newIdentity(key, source), target }
  })
}

/** The current value of a metric in the form that annotations of autoscaling/v1 use. */
export function toOldStatus(metric: JsonObject): JsonObject {
  return convert(metric, (key, source) => {
    const current = objectAt(source, 'current')
    const out = oldIdentity(key, source)
    for (const [old, now] of CURRENT[key] ?? []) copy(out, old, valueAt(current, now))
    return out
  })
}

/** And back. */
export function fromOldStatus(metric: JsonObject): JsonObject {
  return convert(metric, (key, source) => {
    const current: JsonObject = {}
    for (const [old, now] of CURRENT[key] ?? []) copy(current, now, valueAt(source, old))
    return { ...newIdentity(key, source), current }
  })
}

function convert(metric: JsonObject, source: (key: string, source: JsonObject) => JsonObject): JsonObject {
  const out: JsonObject = { type: metric.type ?? '' }
  for (const key of Object.keys(TARGETS)) {
    const found = objectAt(metric, key)
    if (found) out[key] = source(key, found)
  }
  return out
}

function copy(to: JsonObject, key: string, value: Json | undefined): void {
  if (value !== undefined) to[key] = value
}

function oldIdentity(key: string, source: JsonObject): JsonObject {
  const out: JsonObject = {}
  const metric = objectAt(source, 'metric')
  switch (key) {
    case 'resource':
    case 'containerResource':
      copy(out, 'name', valueAt(source, 'name'))
      copy(out, 'container', valueAt(source, 'container'))
      return out
    case 'external':
      copy(out, 'metricName', valueAt(metric, 'name'))
      copy(out, 'metricSelector', valueAt(metric, 'selector'))
      return out
    default:
      copy(out, 'target', valueAt(source, 'describedObject'))
      copy(out, 'metricName', valueAt(metric, 'name'))
      copy(out, 'selector', valueAt(metric, 'selector'))
      return out
  }
}

function newIdentity(key: string, source: JsonObject): JsonObject {
  const out: JsonObject = {}
  if (key === 'resource' || key === 'containerResource') {
    copy(out, 'name', valueAt(source, 'name'))
    copy(out, 'container', valueAt(source, 'container'))
    return out
  }
  const metric: JsonObject = {}
  copy(metric, 'name', valueAt(source, 'metricName'))
  copy(metric, 'selector', valueAt(source, key === 'external' ? 'metricSelector' : 'selector'))
  out.metric = metric
  copy(out, 'describedObject', valueAt(source, 'target'))
  return out
}
