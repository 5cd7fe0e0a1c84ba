import { type JsonObject, listAt, numberAt, objectAt, setAbsent, stringAt } from '../../../api/index.ts'

/** ResourceClaim. */
export function defaultResourceClaim(object: JsonObject): void {
  defaultClaimSpec(objectAt(object, 'spec'))
}

/** ResourceClaimTemplate. */
export function defaultResourceClaimTemplate(object: JsonObject): void {
  defaultClaimSpec(objectAt(objectAt(object, 'spec'), 'spec'))
}

function defaultClaimSpec(spec: JsonObject | undefined): void {
  for (const request of listAt(objectAt(spec, 'devices'), 'requests')) {
    const exactly = objectAt(request, 'exactly')
    for (const each of [...(exactly === undefined ? [] : [exactly]), ...listAt(request, 'firstAvailable')]) {
      if (stringAt(each, 'allocationMode') === '') each.allocationMode = 'ExactCount'
      if (each.allocationMode === 'ExactCount' && (numberAt(each, 'count') ?? 0) === 0) each.count = 1
    }
  }
}

/** ResourceSlice. */
export function defaultResourceSlice(object: JsonObject): void {
  for (const device of listAt(objectAt(object, 'spec'), 'devices')) {
    for (const mapping of Object.values(objectAt(device, 'nodeAllocatableResourceMappings') ?? {}))
      setAbsent(mapping as JsonObject, 'allocationMultiplier', '1')
  }
}
