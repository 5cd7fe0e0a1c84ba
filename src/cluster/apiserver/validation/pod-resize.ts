import { type JsonObject, jsonEqual, type KubeObject, listAt, mapAt, objectAt, stringAt } from '../../../api/index.ts'
import { podQualityOfService } from '../strategies/quality-of-service.ts'
import { type Findings, forbidden, invalid } from './findings.ts'

const RESIZABLE = ['cpu', 'memory']
const LISTS = ['containers', 'initContainers'] as const

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject
const isSidecar = (container: JsonObject): boolean => stringAt(container, 'restartPolicy') === 'Always'

/** What a resize of a pod may change: CPU and memory of containers that stay. As ValidatePodResize. */
export function validatePodResize(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  if (stringAt(before.os, 'name') === 'windows') return [forbidden('', 'windows pods cannot be resized')]
  const out: Findings = []
  const quality = stringAt(old.status, 'qosClass') || podQualityOfService(before)
  if (quality !== podQualityOfService(spec)) {
    out.push(invalid('spec', quality, 'Pod QOS Class may not change as a result of resizing'))
  }
  const order = LISTS.flatMap((key) => validateOrder(spec, before, key))
  if (order.length > 0) return [...out, ...order]
  for (const key of ['initContainers', 'containers'] as const) {
    listAt(spec, key).forEach((container, index) => {
      const was = listAt(before, key)[index] ?? {}
      out.push(...validateRemoval(container, was, `spec.${key}[${index}].resources`))
    })
  }
  for (const key of LISTS) {
    listAt(spec, key).forEach((container, index) => {
      const was = listAt(before, key)[index] ?? {}
      if (jsonEqual(container, was)) return
      const isInit = key === 'initContainers'
      const field = `spec.${key}[${index}]`
      if (!jsonEqual(withoutResizable(container), withoutResizable(was))) {
        const what = isInit ? 'resources for init or sidecar containers' : 'resources'
        out.push(forbidden(isInit ? field : 'spec', `only cpu and memory ${what} are mutable`))
      }
      const restarts = listAt(container, 'resizePolicy').some(
        (each) => stringAt(each, 'restartPolicy') === 'RestartContainer',
      )
      if (isInit && restarts && !isSidecar(container)) {
        const text = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
        out.push(forbidden(field, text))
      }
    })
  }
  return out
}

function validateOrder(spec: JsonObject, before: JsonObject, key: string): Findings {
  const now = listAt(spec, key)
  const then = listAt(before, key)
  if (now.length !== then.length) return [forbidden(`spec.${key}`, `${key} may not be added or removed on resize`)]
  return now.flatMap((container, index) =>
    container.name === then[index]?.name
      ? []
      : [forbidden(`spec.${key}[${index}].name`, `${key} may not be renamed or reordered on resize`)],
  )
}

function validateRemoval(container: JsonObject, before: JsonObject, field: string): Findings {
  const names = (holder: JsonObject, key: string): string[] => Object.keys(mapAt(objectAt(holder, 'resources'), key))
  return ['requests', 'limits'].flatMap((key) => {
    const now = new Set(names(container, key))
    if (names(before, key).every((name) => now.has(name))) return []
    return [forbidden(`${field}.${key}`, `resource ${key} cannot be removed`)]
  })
}

/** A container without what a resize may change. */
function withoutResizable(container: JsonObject): JsonObject {
  const resources = objectAt(container, 'resources')
  const rest = (key: string): JsonObject =>
    Object.fromEntries(Object.entries(mapAt(resources, key)).filter(([name]) => !RESIZABLE.includes(name)))
  return { ...container, resources: { limits: rest('limits'), requests: rest('requests') } }
}
