import {
  builtinSchema,
  decodeObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
} from '../../../../api/index.ts'
import { defaultingOf } from '../../defaulting/index.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import { fromOldMetric, fromOldStatus, toOldMetric, toOldStatus } from './metrics.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const ANNOTATIONS = [METRICS, BEHAVIOR, CURRENT, CONDITIONS]

/**
 * Converts HorizontalPodAutoscalers of autoscaling/v1 to and from v2, in which they are stored. What v1 has no field for
 * rides in annotations, as in Kubernetes.
 */
export const horizontalPodAutoscalerConversion: NonNullable<ResourceDefinition['convert']> = {
  toStorage(object) {
    const spec = { ...((object.spec ?? {}) as JsonObject) }
    const status = { ...((object.status ?? {}) as JsonObject) }
    const annotations = { ...object.metadata.annotations }
    const target = numberAt(spec, 'targetCPUUtilizationPercentage')
    delete spec.targetCPUUtilizationPercentage
    const metrics = readList(annotations[METRICS]).map(fromOldMetric)
    if (target !== undefined) metrics.push(cpuMetric(target))
    if (metrics.length > 0) spec.metrics = metrics
    const behavior = readJson(annotations[BEHAVIOR])
    if (behavior) spec.behavior = renamed(behavior as JsonObject, lowerFirst) as JsonObject
    const utilization = numberAt(status, 'currentCPUUtilizationPercentage')
    delete status.currentCPUUtilizationPercentage
    const current = readList(annotations[CURRENT]).map(fromOldStatus)
    if (utilization !== undefined) current.push(cpuStatus(utilization))
    status.currentMetrics = current.length > 0 ? current : null
    const conditions = readList(annotations[CONDITIONS])
    if (conditions.length > 0) status.conditions = conditions
    for (const key of ANNOTATIONS) delete annotations[key]
    const stored = normalized(object, { apiVersion: 'autoscaling/v2', spec, status, annotations })
    // What is stored has v2's defaults: an autoscaler without a target aims at 80 % of CPU.
    defaultingOf({ group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' })(stored)
    return stored
  },
  fromStorage(object) {
    const spec = { ...((object.spec ?? {}) as JsonObject) }
    const status = { ...((object.status ?? {}) as JsonObject) }
    const annotations = { ...object.metadata.annotations }
    const metrics = listAt(spec, 'metrics')
    const cpu = metrics.find(isCpuUtilization)
    if (cpu) spec.targetCPUUtilizationPercentage = cpuTarget(cpu)
    keep(annotations, METRICS, metrics.filter((metric) => metric !== cpu).map(toOldMetric))
    const behavior = objectAt(spec, 'behavior')
    if (behavior) annotations[BEHAVIOR] = JSON.stringify(printBehavior(behavior))
    const current = listAt(status, 'currentMetrics')
    const currentCpu = current.find((metric) => stringAt(objectAt(metric, 'resource'), 'name') === 'cpu')
    const utilization = numberAt(objectAt(objectAt(currentCpu, 'resource'), 'current'), 'averageUtilization')
    if (utilization !== undefined) status.currentCPUUtilizationPercentage = utilization
    keep(annotations, CURRENT, current.map(toOldStatus))
    keep(annotations, CONDITIONS, listAt(status, 'conditions'))
    for (const key of ['metrics', 'behavior']) delete spec[key]
    for (const key of ['currentMetrics', 'conditions']) delete status[key]
    return normalized(object, { apiVersion: 'autoscaling/v1', spec, status, annotations })
  },
}

function cpuMetric(target: number): JsonObject {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }
}

function cpuStatus(utilization: number): JsonObject {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: utilization } } }
}

function cpuTarget(metric: JsonObject): number {
  return numberAt(objectAt(objectAt(metric, 'resource'), 'target'), 'averageUtilization') ?? 0
}

function isCpuUtilization(metric: JsonObject): boolean {
  const resource = objectAt(metric, 'resource')
  if (stringAt(metric, 'type') !== 'Resource' || stringAt(resource, 'name') !== 'cpu') return false
  return numberAt(objectAt(resource, 'target'), 'averageUtilization') !== undefined
}

function keep(annotations: Record<string, string>, key: string, list: readonly JsonObject[]): void {
  if (list.length > 0) annotations[key] = JSON.stringify(list)
}

function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readList(text: string | undefined): JsonObject[] {
  const value = readJson(text)
  return Array.isArray(value) ? (value as JsonObject[]) : []
}

/** The object in the other version, with what Go prints of it. */
function normalized(
  object: KubeObject,
  parts: { apiVersion: string; spec: JsonObject; status: JsonObject; annotations: Record<string, string> },
): KubeObject {
  const { annotations: _, ...metadata } = object.metadata
  const { annotations, apiVersion, spec, status } = parts
  const next = {
    ...object,
    apiVersion,
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec,
    status,
  }
  const version = apiVersion.slice('autoscaling/'.length)
  const schema = builtinSchema({ group: 'autoscaling', version, kind: 'HorizontalPodAutoscaler' })
  return schema ? (decodeObject(schema.node, next).value as unknown as KubeObject) : next
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** A value whose fields have other names; nulls are left out. */
function renamed(value: Json, name: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => renamed(item, name))
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(fields.map(([key, field]) => [name(key), renamed(field ?? null, name)]))
}

/** A behavior in the internal form that the annotation holds: Go's names and all fields. */
function printBehavior(behavior: JsonObject): JsonObject {
  const rules = (key: string): Json => {
    const found = objectAt(behavior, key)
    if (!found) return null
    return {
      StabilizationWindowSeconds: found.stabilizationWindowSeconds ?? null,
      SelectPolicy: found.selectPolicy ?? null,
      Policies: listAt(found, 'policies').map((policy) => ({
        Type: stringAt(policy, 'type'),
        Value: numberAt(policy, 'value') ?? 0,
        PeriodSeconds: numberAt(policy, 'periodSeconds') ?? 0,
      })),
      Tolerance: found.tolerance ?? null,
    }
  }
  return { ScaleUp: rules('scaleUp'), ScaleDown: rules('scaleDown') }
}
