import type { LabelSelector, ObjectMeta } from '../../../api/index.ts'
import type { Condition, ServerObject } from './common.ts'
import type { PodTemplate } from './pod.ts'

/** The fields of PodFailurePolicyRule that components of the cluster read or write. */
export interface PodFailurePolicyRule {
  action: string
  onExitCodes?: { containerName?: string; operator: string; values: number[] }
  onPodConditions?: { type: string; status?: string }[]
}

/** The fields of JobSpec that components of the cluster read or write. */
export interface JobSpec {
  parallelism?: number
  completions?: number
  activeDeadlineSeconds?: number
  backoffLimit?: number
  backoffLimitPerIndex?: number
  maxFailedIndexes?: number
  selector?: LabelSelector
  manualSelector?: boolean
  template: PodTemplate
  ttlSecondsAfterFinished?: number
  completionMode?: string
  suspend?: boolean
  podReplacementPolicy?: string
  podFailurePolicy?: { rules?: PodFailurePolicyRule[] }
  successPolicy?: { rules?: { succeededIndexes?: string; succeededCount?: number }[] }
  managedBy?: string
}

/** The fields of JobStatus that components of the cluster read or write. */
export interface JobStatus {
  conditions?: Condition[]
  startTime?: string
  completionTime?: string
  active?: number
  ready?: number
  terminating?: number
  succeeded?: number
  failed?: number
  completedIndexes?: string
  failedIndexes?: string
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] }
}

/** The fields of Job that components of the cluster read or write. */
export interface Job extends ServerObject {
  spec: JobSpec
  status?: JobStatus
}

/** The fields of CronJob that components of the cluster read or write. */
export interface CronJob extends ServerObject {
  spec: {
    schedule: string
    timeZone?: string
    startingDeadlineSeconds?: number
    concurrencyPolicy?: string
    suspend?: boolean
    jobTemplate: { metadata?: ObjectMeta; spec: JobSpec }
    successfulJobsHistoryLimit?: number
    failedJobsHistoryLimit?: number
  }
  status?: {
    active?: Record<string, string>[]
    lastScheduleTime?: string
    lastSuccessfulTime?: string
  }
}
