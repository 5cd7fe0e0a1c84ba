import type { KubeObject } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'
import { sinceText } from './age.ts'
import { columns } from './column.ts'
import { podTable } from './columns-pod.ts'
import { replicasTable } from './columns-workload.ts'
import {
  ageOf,
  at,
  containersText,
  keysAt,
  labelsText,
  listAt,
  nameOf as name,
  numberAt,
  orElse,
  textAt,
} from './read.ts'

const node: TableDefinition = {
  columns: columns(
    'Name!',
    'Status',
    'Roles',
    'Age',
    'Version',
    'Internal-IP*',
    'External-IP*',
    'OS-Image*',
    'Kernel-Version*',
    'Container-Runtime*',
  ),
  row: (object, nowMs) => {
    const info = (key: string): string => orElse(textAt(object, 'status', 'nodeInfo', key), '<unknown>')
    const address = (type: string): string => {
      const found = listAt(object, 'status', 'addresses').find((a) => textAt(a, 'type') === type)
      return found === undefined ? '<none>' : textAt(found, 'address')
    }
    const architecture = textAt(object, 'status', 'nodeInfo', 'architecture')
    return [
      name(object),
      nodeStatus(object),
      nodeRoles(object),
      ageOf(object, nowMs),
      textAt(object, 'status', 'nodeInfo', 'kubeletVersion'),
      address('InternalIP'),
      address('ExternalIP'),
      info('osImage'),
      architecture === '' ? info('kernelVersion') : `${info('kernelVersion')} (${architecture})`,
      info('containerRuntimeVersion'),
    ]
  },
}

function nodeStatus(object: KubeObject): string {
  const ready = listAt(object, 'status', 'conditions').find((c) => textAt(c, 'type') === 'Ready')
  const status = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return at(object, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status
}

function nodeRoles(object: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(object.metadata.labels ?? {})) {
    if (key.startsWith(prefix) && key.length > prefix.length) roles.add(key.slice(prefix.length))
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value)
  }
  return orElse([...roles].sort().join(','), '<none>')
}

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function accessModesText(modes: readonly unknown[]): string {
  const present = new Set(modes.map(String))
  return Object.entries(ACCESS_MODES)
    .filter(([mode]) => present.has(mode))
    .map(([, short]) => short)
    .join(',')
}

const phaseOf = (object: KubeObject): string =>
  object.metadata.deletionTimestamp === undefined ? textAt(object, 'status', 'phase') : 'Terminating'

const persistentVolume: TableDefinition = {
  columns: columns(
    'Name!',
    'Capacity',
    'Access Modes',
    'Reclaim Policy',
    'Status',
    'Claim',
    'StorageClass',
    'VolumeAttributesClass',
    'Reason',
    'Age',
    'VolumeMode*',
  ),
  row: (object, nowMs) => {
    const claim = at(object, 'spec', 'claimRef')
    return [
      name(object),
      orElse(textAt(object, 'spec', 'capacity', 'storage'), '0'),
      accessModesText(listAt(object, 'spec', 'accessModes')),
      textAt(object, 'spec', 'persistentVolumeReclaimPolicy'),
      phaseOf(object),
      claim === undefined || claim === null ? '' : `${textAt(claim, 'namespace')}/${textAt(claim, 'name')}`,
      object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ??
        textAt(object, 'spec', 'storageClassName'),
      at(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
      textAt(object, 'status', 'reason'),
      ageOf(object, nowMs),
      orElse(textAt(object, 'spec', 'volumeMode'), '<unset>'),
    ]
  },
}

const persistentVolumeClaim: TableDefinition = {
  columns: columns(
    'Name!',
    'Status',
    'Volume',
    'Capacity',
    'Access Modes',
    'StorageClass',
    'VolumeAttributesClass',
    'Age',
    'VolumeMode*',
  ),
  row: (object, nowMs) => {
    const volume = textAt(object, 'spec', 'volumeName')
    const bound = volume !== ''
    return [
      name(object),
      phaseOf(object),
      volume,
      bound ? orElse(textAt(object, 'status', 'capacity', 'storage'), '0') : '',
      bound ? accessModesText(listAt(object, 'status', 'accessModes')) : '',
      object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ??
        textAt(object, 'spec', 'storageClassName'),
      at(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
      ageOf(object, nowMs),
      orElse(textAt(object, 'spec', 'volumeMode'), '<unset>'),
    ]
  },
}

/** Events of the core group and of events.k8s.io print alike; the newer form has other field names. */
const event: TableDefinition = {
  columns: columns(
    'Last Seen',
    'Type',
    'Reason',
    'Object',
    'Subobject*',
    'Source*',
    'Message',
    'First Seen*',
    'Count*',
    'Name!*',
  ),
  row: (object, nowMs) => {
    const regarding = at(object, 'involvedObject') ?? at(object, 'regarding')
    const source = at(object, 'source') ?? at(object, 'deprecatedSource')
    const firstTime = textAt(object, 'firstTimestamp') || textAt(object, 'deprecatedFirstTimestamp')
    const lastTime = textAt(object, 'lastTimestamp') || textAt(object, 'deprecatedLastTimestamp')
    const first = sinceText(firstTime === '' ? at(object, 'eventTime') : firstTime, nowMs)
    const series = at(object, 'series')
    const seen =
      series === undefined || series === null
        ? {
            last: lastTime === '' ? first : sinceText(lastTime, nowMs),
            count: numberAt(object, 'count') || numberAt(object, 'deprecatedCount') || 1,
          }
        : { last: sinceText(at(series, 'lastObservedTime'), nowMs), count: numberAt(series, 'count') }
    const kind = textAt(regarding, 'kind').toLowerCase()
    const target = textAt(regarding, 'name')
    return [
      seen.last,
      textAt(object, 'type'),
      textAt(object, 'reason'),
      target === '' ? kind : `${kind}/${target}`,
      textAt(regarding, 'fieldPath'),
      eventSource(object, source),
      (textAt(object, 'message') || textAt(object, 'note')).trim(),
      first,
      seen.count,
      name(object),
    ]
  },
}

function eventSource(object: KubeObject, source: unknown): string {
  const component =
    textAt(source, 'component') || textAt(object, 'reportingComponent') || textAt(object, 'reportingController')
  const host = textAt(source, 'host') || textAt(object, 'reportingInstance')
  return host === '' ? component : `${component}, ${host}`
}

const LIMITS_PREFIX = 'limits.'

const resourceQuota: TableDefinition = {
  columns: columns('Name!', 'Request', 'Limit', 'Age'),
  row: (object, nowMs) => {
    const hard = at(object, 'status', 'hard')
    const used = at(object, 'status', 'used')
    const names = [...keysAt(hard)].sort()
    const list = (chosen: readonly string[]): string =>
      chosen.map((key) => `${key}: ${orElse(textAt(used, key), '0')}/${textAt(hard, key)}`).join(', ')
    return [
      name(object),
      list(names.filter((key) => !key.startsWith(LIMITS_PREFIX))),
      list(names.filter((key) => key.startsWith(LIMITS_PREFIX))),
      ageOf(object, nowMs),
    ]
  },
}

/** Tables of the core group, by kind. */
export const coreTables: Readonly<Record<string, TableDefinition>> = {
  Pod: podTable,
  Node: node,
  PersistentVolume: persistentVolume,
  PersistentVolumeClaim: persistentVolumeClaim,
  Event: event,
  ResourceQuota: resourceQuota,
  ConfigMap: {
    columns: columns('Name!', 'Data', 'Age'),
    row: (object, nowMs) => [
      name(object),
      keysAt(object, 'data').length + keysAt(object, 'binaryData').length,
      ageOf(object, nowMs),
    ],
  },
  Secret: {
    columns: columns('Name!', 'Type', 'Data', 'Age'),
    row: (object, nowMs) => [name(object), textAt(object, 'type'), keysAt(object, 'data').length, ageOf(object, nowMs)],
  },
  ComponentStatus: {
    columns: columns('Name!', 'Status', 'Message', 'Error'),
    row: (object) => {
      const healthy = listAt(object, 'conditions').find((c) => textAt(c, 'type') === 'Healthy')
      const status = healthy === undefined ? 'Unknown' : textAt(healthy, 'status') === 'True' ? 'Healthy' : 'Unhealthy'
      return [name(object), status, textAt(healthy, 'message'), textAt(healthy, 'error')]
    },
  },
  ServiceAccount: {
    columns: columns('Name!', 'Age'),
    row: (object, nowMs) => [name(object), ageOf(object, nowMs)],
  },
  Namespace: {
    columns: columns('Name!', 'Status', 'Age'),
    row: (object, nowMs) => [name(object), textAt(object, 'status', 'phase'), ageOf(object, nowMs)],
  },
  ReplicationController: replicasTable((object) => labelsText(at(object, 'spec', 'selector'))),
  PodTemplate: {
    columns: columns('Name!', 'Containers', 'Images', 'Pod Labels'),
    row: (object) => [
      name(object),
      ...containersText(at(object, 'template', 'spec')),
      labelsText(at(object, 'template', 'metadata', 'labels')),
    ],
  },
}
