import {
  ensureObject,
  type JsonObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  setAbsent,
  setDefault,
  valueAt,
} from '../../../api/index.ts'
import { defaultPodTemplate } from './pod.ts'
import { defaultClaim } from './volume.ts'

/** Sets `key` unless a value other than null stands there (also the empty text counts as set). */
function setMissing(object: JsonObject, key: string, value: JsonObject[string] & {}): void {
  if (valueAt(object, key) === undefined) object[key] = value
}

/** Deployment: a rolling update of a quarter each, ten old revisions, ten minutes to progress. */
export function defaultDeployment(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setMissing(spec, 'replicas', 1)
  setMissing(spec, 'revisionHistoryLimit', 10)
  setMissing(spec, 'progressDeadlineSeconds', 600)
  const strategy = ensureObject(spec, 'strategy')
  setDefault(strategy, 'type', 'RollingUpdate')
  if (strategy.type === 'RollingUpdate') {
    const rolling = ensureObject(strategy, 'rollingUpdate')
    setMissing(rolling, 'maxUnavailable', '25%')
    setMissing(rolling, 'maxSurge', '25%')
  }
  defaultPodTemplate(objectAt(spec, 'template'))
}

/** DaemonSet; the annotation counts its templates and is raised by the strategy. */
export function defaultDaemonSet(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  const annotations = ensureObject(ensureObject(object, 'metadata'), 'annotations')
  setDefault(annotations, 'deprecated.daemonset.template.generation', '0')
  setMissing(spec, 'revisionHistoryLimit', 10)
  const strategy = ensureObject(spec, 'updateStrategy')
  setDefault(strategy, 'type', 'RollingUpdate')
  if (strategy.type === 'RollingUpdate') {
    const rolling = ensureObject(strategy, 'rollingUpdate')
    setMissing(rolling, 'maxUnavailable', 1)
    setMissing(rolling, 'maxSurge', 0)
  }
  defaultPodTemplate(objectAt(spec, 'template'))
}

/** StatefulSet; its claim templates are complete claims. */
export function defaultStatefulSet(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setDefault(spec, 'podManagementPolicy', 'OrderedReady')
  setMissing(spec, 'replicas', 1)
  setMissing(spec, 'revisionHistoryLimit', 10)
  const strategy = ensureObject(spec, 'updateStrategy')
  if (Object.keys(strategy).length === 0 || !strategy.type) {
    strategy.type = 'RollingUpdate'
    setMissing(ensureObject(strategy, 'rollingUpdate'), 'partition', 0)
  } else if (strategy.type === 'RollingUpdate' && objectAt(strategy, 'rollingUpdate')) {
    setMissing(ensureObject(strategy, 'rollingUpdate'), 'partition', 0)
  }
  const retention = ensureObject(spec, 'persistentVolumeClaimRetentionPolicy')
  setDefault(retention, 'whenDeleted', 'Retain')
  setDefault(retention, 'whenScaled', 'Retain')
  for (const claim of listAt(spec, 'volumeClaimTemplates')) {
    claim.apiVersion = 'v1'
    claim.kind = 'PersistentVolumeClaim'
    defaultClaim(claim)
  }
  defaultPodTemplate(objectAt(spec, 'template'))
}

/** ReplicaSet. */
export function defaultReplicaSet(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setMissing(spec, 'replicas', 1)
  defaultPodTemplate(objectAt(spec, 'template'))
}

/** ReplicationController: labels and selector come from the template. */
export function defaultReplicationController(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  const template = objectAt(spec, 'template')
  const labels = mapAt(objectAt(template, 'metadata'), 'labels')
  if (Object.keys(labels).length > 0) {
    const metadata = ensureObject(object, 'metadata')
    if (Object.keys(mapAt(spec, 'selector')).length === 0) spec.selector = { ...labels }
    if (Object.keys(mapAt(metadata, 'labels')).length === 0) metadata.labels = { ...labels }
  }
  setMissing(spec, 'replicas', 1)
  defaultPodTemplate(template)
}

/** Job. */
export function defaultJob(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  if (valueAt(spec, 'completions') === undefined && valueAt(spec, 'parallelism') === undefined) spec.completions = 1
  setMissing(spec, 'parallelism', 1)
  setMissing(spec, 'backoffLimit', numberAt(spec, 'backoffLimitPerIndex') === undefined ? 6 : 2 ** 31 - 1)
  setAbsent(spec, 'completionMode', 'NonIndexed')
  setMissing(spec, 'suspend', false)
  setMissing(spec, 'manualSelector', false)
  setAbsent(spec, 'podReplacementPolicy', objectAt(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed')
  const template = objectAt(spec, 'template')
  const labels = mapAt(objectAt(template, 'metadata'), 'labels')
  const metadata = ensureObject(object, 'metadata')
  if (Object.keys(labels).length > 0 && Object.keys(mapAt(metadata, 'labels')).length === 0) metadata.labels = labels
  defaultFailurePolicy(spec)
  defaultPodTemplate(template)
}

function defaultFailurePolicy(spec: JsonObject): void {
  for (const rule of listAt(objectAt(spec, 'podFailurePolicy'), 'rules')) {
    for (const pattern of listAt(rule, 'onPodConditions')) setDefault(pattern, 'status', 'True')
  }
}

/** CronJob: only the pods of its job template are defaulted, the job itself when it is created. */
export function defaultCronJob(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setDefault(spec, 'concurrencyPolicy', 'Allow')
  setMissing(spec, 'suspend', false)
  setMissing(spec, 'successfulJobsHistoryLimit', 3)
  setMissing(spec, 'failedJobsHistoryLimit', 1)
  const job = objectAt(objectAt(spec, 'jobTemplate'), 'spec')
  if (!job) return
  defaultFailurePolicy(job)
  defaultPodTemplate(objectAt(job, 'template'))
}

/** PodTemplate. */
export function defaultPodTemplateObject(object: JsonObject): void {
  defaultPodTemplate(ensureObject(object, 'template'))
}
