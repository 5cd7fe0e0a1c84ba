import type { KubeObject } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'
import { humanDuration, sinceText } from './age.ts'
import { columns } from './column.ts'
import {
  ageOf,
  at,
  containersText,
  labelsText,
  listAt,
  nameOf,
  numberAt,
  orElse,
  selectorText,
  textAt,
} from './read.ts'

const template = (object: KubeObject): unknown => at(object, 'spec', 'template', 'spec')
const selector = (object: KubeObject): string => selectorText(at(object, 'spec', 'selector'))
const readyOf = (object: KubeObject): string =>
  `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, 'spec', 'replicas')}`

function jobStatus(job: KubeObject): string {
  const holds = (type: string): boolean =>
    listAt(job, 'status', 'conditions').some((c) => textAt(c, 'type') === type && textAt(c, 'status') === 'True')
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running'
}

function jobCompletions(job: KubeObject): string {
  const succeeded = numberAt(job, 'status', 'succeeded')
  const completions = at(job, 'spec', 'completions')
  if (typeof completions === 'number') return `${succeeded}/${completions}`
  const parallelism = numberAt(job, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(job: KubeObject, nowMs: number): string {
  const start = Date.parse(textAt(job, 'status', 'startTime'))
  if (Number.isNaN(start)) return ''
  const end = Date.parse(textAt(job, 'status', 'completionTime'))
  return humanDuration((Number.isNaN(end) ? nowMs : end) - start)
}

/** Kind and group of the controller, as `deployment.apps/name`; `<none>` without one. */
function controllerOf(object: KubeObject): string {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller === true)
  if (owner === undefined) return '<none>'
  const slash = owner.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

/** The table of what keeps a number of equal pods; `selectorOf` prints which ones. */
export function replicasTable(selectorOf: (object: KubeObject) => string): TableDefinition {
  return {
    columns: columns(
      'Name!',
      'Desired:integer',
      'Current:integer',
      'Ready:integer',
      'Age',
      'Containers*',
      'Images*',
      'Selector*',
    ),
    row: (object, nowMs) => [
      nameOf(object),
      numberAt(object, 'spec', 'replicas'),
      numberAt(object, 'status', 'replicas'),
      numberAt(object, 'status', 'readyReplicas'),
      ageOf(object, nowMs),
      ...containersText(template(object)),
      selectorOf(object),
    ],
  }
}

/** Tables of the groups apps and batch, by kind. */
export const workloadTables: Readonly<Record<string, TableDefinition>> = {
  Deployment: {
    columns: columns('Name!', 'Ready', 'Up-to-date', 'Available', 'Age', 'Containers*', 'Images*', 'Selector*'),
    row: (object, nowMs) => [
      nameOf(object),
      readyOf(object),
      numberAt(object, 'status', 'updatedReplicas'),
      numberAt(object, 'status', 'availableReplicas'),
      ageOf(object, nowMs),
      ...containersText(template(object)),
      selector(object),
    ],
  },
  ReplicaSet: replicasTable(selector),
  StatefulSet: {
    columns: columns('Name!', 'Ready', 'Age', 'Containers*', 'Images*'),
    row: (object, nowMs) => [
      nameOf(object),
      readyOf(object),
      ageOf(object, nowMs),
      ...containersText(template(object)),
    ],
  },
  DaemonSet: {
    columns: columns(
      'Name!',
      'Desired:integer',
      'Current:integer',
      'Ready:integer',
      'Up-to-date:integer',
      'Available:integer',
      'Node Selector',
      'Age',
      'Containers*',
      'Images*',
      'Selector*',
    ),
    row: (object, nowMs) => [
      nameOf(object),
      ...[
        'desiredNumberScheduled',
        'currentNumberScheduled',
        'numberReady',
        'updatedNumberScheduled',
        'numberAvailable',
      ].map((key) => numberAt(object, 'status', key)),
      labelsText(at(template(object), 'nodeSelector')),
      ageOf(object, nowMs),
      ...containersText(template(object)),
      selector(object),
    ],
  },
  Scale: {
    columns: columns('Name', 'Desired:integer', 'Available:integer', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      numberAt(object, 'spec', 'replicas'),
      numberAt(object, 'status', 'replicas'),
      ageOf(object, nowMs),
    ],
  },
  ControllerRevision: {
    columns: columns('Name!', 'Controller', 'Revision', 'Age'),
    row: (object, nowMs) => [nameOf(object), controllerOf(object), numberAt(object, 'revision'), ageOf(object, nowMs)],
  },
  Job: {
    columns: columns('Name!', 'Status', 'Completions', 'Duration', 'Age', 'Containers*', 'Images*', 'Selector*'),
    row: (object, nowMs) => [
      nameOf(object),
      jobStatus(object),
      jobCompletions(object),
      jobDuration(object, nowMs),
      ageOf(object, nowMs),
      ...containersText(template(object)),
      selector(object),
    ],
  },
  CronJob: {
    columns: columns(
      'Name!',
      'Schedule',
      'Timezone',
      'Suspend:boolean',
      'Active:integer',
      'Last Schedule',
      'Age',
      'Containers*',
      'Images*',
      'Selector*',
    ),
    row: (object, nowMs) => {
      const suspend = at(object, 'spec', 'suspend')
      const last = textAt(object, 'status', 'lastScheduleTime')
      const job = at(object, 'spec', 'jobTemplate', 'spec')
      return [
        nameOf(object),
        textAt(object, 'spec', 'schedule'),
        orElse(textAt(object, 'spec', 'timeZone'), '<none>'),
        typeof suspend === 'boolean' ? (suspend ? 'True' : 'False') : '<unset>',
        listAt(object, 'status', 'active').length,
        last === '' ? '<none>' : sinceText(last, nowMs),
        ageOf(object, nowMs),
        ...containersText(at(job, 'template', 'spec')),
        selectorText(at(job, 'selector')),
      ]
    },
  },
}
