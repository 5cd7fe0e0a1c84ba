import type { TableDefinition } from '../registry/resource.ts'
import { columns } from './column.ts'
import { ageOf, at, listAt, nameOf, textAt } from './read.ts'

/** Tables of the group resource.k8s.io, by kind. */
export const deviceTables: Readonly<Record<string, TableDefinition>> = {
  DeviceClass: {
    columns: columns('Name!', 'Age'),
    row: (object, nowMs) => [nameOf(object), ageOf(object, nowMs)],
  },
  ResourceClaim: {
    columns: columns('Name!', 'State', 'Age'),
    row: (object, nowMs) => {
      const isAllocated = at(object, 'status', 'allocation') !== undefined
      const isDeleted = object.metadata.deletionTimestamp !== undefined
      const states = [
        ...(isDeleted ? ['deleted'] : []),
        ...(isAllocated ? ['allocated'] : isDeleted ? [] : ['pending']),
        ...(isAllocated && listAt(object, 'status', 'reservedFor').length > 0 ? ['reserved'] : []),
      ]
      return [nameOf(object), states.join(','), ageOf(object, nowMs)]
    },
  },
  ResourceClaimTemplate: {
    columns: columns('Name!', 'Age'),
    row: (object, nowMs) => [nameOf(object), ageOf(object, nowMs)],
  },
  ResourceSlice: {
    columns: columns('Name!', 'Node', 'Driver', 'Pool', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      textAt(object, 'spec', 'nodeName'),
      textAt(object, 'spec', 'driver'),
      textAt(object, 'spec', 'pool', 'name'),
      ageOf(object, nowMs),
    ],
  },
}
