import { type FieldError, type JsonObject, type KubeObject, listAt } from '../../../api/index.ts'
import type { Scope } from '../context.ts'
import { validateNamespaceFinalize, validateSigningRequestApproval } from '../validation/cluster.ts'
import { validatePod } from '../validation/pod.ts'
import { validatePodResize } from '../validation/pod-resize.ts'
import { validateEphemeralUpdate } from '../validation/pod-update.ts'
import type { StrategyContext } from '../registry/resource.ts'

/** How a write through the main resource or one of its sub-resources treats the rest of the object. */
export interface UpdateMode {
  /** Restores from `old` what this way of writing may not change. */
  prepare(object: KubeObject, old: KubeObject, ctx: StrategyContext): void
  validate(object: KubeObject, old: KubeObject): FieldError[]
  /** A changed spec raises metadata.generation. */
  readonly countsGeneration: boolean
}

/** The mode of a request. */
export function updateModeOf(scope: Scope): UpdateMode {
  const { strategy } = scope.definition
  switch (scope.info.subresource) {
    case '':
    case 'scale':
      return {
        prepare: (object, old, ctx) => strategy.prepareForUpdate?.(object, old, ctx),
        validate: (object, old) => strategy.validateUpdate?.(object, old) ?? [],
        countsGeneration: true,
      }
    case 'status':
      return {
        prepare(object, old, ctx) {
          if (strategy.prepareForStatusUpdate !== undefined) strategy.prepareForStatusUpdate(object, old, ctx)
          else keepOnly(object, old, ['status'])
        },
        validate: (object, old) => strategy.validateStatusUpdate?.(object, old) ?? [],
        countsGeneration: false,
      }
    case 'ephemeralcontainers':
      return {
        prepare: keepOnlyEphemeral,
        validate: (object, old) => [...validatePod(object), ...validateEphemeralUpdate(object, old)],
        countsGeneration: true,
      }
    case 'resize':
      return {
        prepare: keepOnlyResources,
        validate: (object, old) => [...validatePod(object), ...validatePodResize(object, old)],
        countsGeneration: true,
      }
    case 'binding':
      return { prepare: () => {}, validate: () => [], countsGeneration: false }
    case 'finalize':
      return { prepare: keepOnlyFinalizers, validate: validateNamespaceFinalize, countsGeneration: false }
    case 'approval':
      return { prepare: keepOnlyApproval, validate: validateSigningRequestApproval, countsGeneration: false }
    default:
      return {
        prepare: (object, old) => keepOnly(object, old, ['spec']),
        validate: (object, old) => strategy.validateUpdate?.(object, old) ?? [],
        countsGeneration: true,
      }
  }
}

function keepOnly(object: KubeObject, old: KubeObject, fields: readonly string[]): void {
  for (const key of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (key === 'metadata' || key === 'kind' || key === 'apiVersion' || fields.includes(key)) continue
    if (old[key] === undefined) delete object[key]
    else object[key] = old[key]
  }
}

function keepOnlyFinalizers(object: KubeObject, old: KubeObject): void {
  const wanted = object.spec as { finalizers?: unknown } | undefined
  keepOnly(object, old, ['spec'])
  const before = (old.spec ?? {}) as Record<string, unknown>
  const finalizers = wanted?.finalizers
  const { finalizers: _dropped, ...rest } = before
  object.spec = Array.isArray(finalizers) && finalizers.length > 0 ? { ...rest, finalizers } : rest
}

/** Approval changes conditions only; when they were set is noted. */
function keepOnlyApproval(object: KubeObject, old: KubeObject, ctx: StrategyContext): void {
  const wanted = (object.status ?? {}) as Record<string, unknown>
  const before = listAt(old.status, 'conditions')
  for (const condition of listAt(wanted, 'conditions')) {
    const same = before.find((each) => each.type === condition.type && each.status === condition.status)
    condition.lastTransitionTime ??= same?.lastTransitionTime ?? ctx.now
    condition.lastUpdateTime ??= same?.lastUpdateTime ?? ctx.now
  }
  keepOnly(object, old, ['status'])
  const { conditions: _before, ...kept } = (old.status ?? {}) as Record<string, unknown>
  object.status = { ...kept, ...(wanted.conditions !== undefined && { conditions: wanted.conditions }) }
}

/** Debug containers may be added to a running pod; nothing else changes. */
function keepOnlyEphemeral(object: KubeObject, old: KubeObject): void {
  const wanted = (object.spec ?? {}) as Record<string, unknown>
  keepOnly(object, old, ['spec'])
  const { ephemeralContainers: _before, ...rest } = (old.spec ?? {}) as Record<string, unknown>
  const added = wanted.ephemeralContainers
  object.spec = Array.isArray(added) && added.length > 0 ? { ...rest, ephemeralContainers: added } : rest
}

/**
 * Resources and resize policies of containers may be changed; nothing else changes. Containers that come, go or change
 * places are left for the check to refuse.
 */
function keepOnlyResources(object: KubeObject, old: KubeObject): void {
  const lists = ['containers', 'initContainers'].map((key) => {
    const now = listAt(object.spec, key)
    const then = listAt(old.spec, key)
    return { key, now, then, same: now.length === then.length }
  })
  if (lists.some(({ same }) => !same)) return
  keepOnly(object, old, ['spec'])
  const spec: Record<string, unknown> = { ...(old.spec as object) }
  for (const { key, now, then } of lists) {
    const renamed = now.some((each, index) => each.name !== then[index]?.name)
    if (now.length > 0) spec[key] = renamed ? now : then.map((each, index) => withResources(each, now[index] ?? {}))
  }
  object.spec = spec
}

function withResources(container: JsonObject, from: JsonObject): JsonObject {
  const { resources: _resources, resizePolicy: _policy, ...rest } = container
  return {
    ...rest,
    ...(from.resources !== undefined && { resources: from.resources }),
    ...(from.resizePolicy !== undefined && { resizePolicy: from.resizePolicy }),
  }
}
