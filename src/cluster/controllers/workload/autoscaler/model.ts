import type { KubeObject } from '../../../../api/index.ts'
import type { Condition, ServerObject } from '../../../control/index.ts'

/** What a metric is wanted to be. */
export interface MetricTarget {
  type: string
  value?: string
  averageValue?: string
  averageUtilization?: number
}

/** One metric of an autoscaler's spec. */
export interface MetricSpec {
  type: string
  resource?: { name: string; target: MetricTarget }
  containerResource?: { name: string; container: string; target: MetricTarget }
  pods?: { metric: { name: string }; target: MetricTarget }
  object?: { metric: { name: string }; describedObject: { kind: string; name: string }; target: MetricTarget }
  external?: { metric: { name: string; selector?: unknown }; target: MetricTarget }
}

/** How fast one direction may go. */
export interface ScalingRules {
  stabilizationWindowSeconds?: number
  selectPolicy?: string
  policies?: { type: string; value: number; periodSeconds: number }[]
  tolerance?: string
}

/** The fields of a HorizontalPodAutoscaler that its controller reads or writes. */
export interface Autoscaler extends ServerObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string }
    minReplicas?: number
    maxReplicas: number
    metrics?: MetricSpec[]
    behavior?: { scaleUp?: ScalingRules; scaleDown?: ScalingRules }
  }
  status?: AutoscalerStatus
}

/** The status of a HorizontalPodAutoscaler. */
export interface AutoscalerStatus {
  currentReplicas?: number
  desiredReplicas?: number
  lastScaleTime?: string
  conditions?: Condition[]
  currentMetrics?: unknown[] | null
  observedGeneration?: number
}

/** The scale sub-resource of a target. */
export interface Scale extends KubeObject {
  spec: { replicas?: number }
  status?: { replicas?: number; selector?: string }
}

/** Sets a condition and says whether that changed anything. */
export type NoteCondition = (type: string, status: string, reason: string, message: string) => boolean
