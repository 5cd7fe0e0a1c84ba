import { type GroupVersionKind, type JsonObject, jsonEqual, numberAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { validatorOf } from '../validation/index.ts'
import { statusStrategy } from './base.ts'
import {
  certificateSigningRequestStrategy,
  customResourceDefinitionStrategy,
  daemonSetStrategy,
  endpointSliceStrategy,
  eventStrategy,
  leaseStrategy,
  limitRangeStrategy,
  namespaceStrategy,
  nodeStrategy,
  secretStrategy,
  serviceAccountStrategy,
  statefulSetStrategy,
} from './cluster.ts'
import { jobStrategy } from './job.ts'
import { podStrategy } from './pod.ts'
import { dropDisabledPodFields, podSpecOf } from './pod-fields.ts'
import { serviceStrategy } from './service.ts'
import { csiDriverStrategy, persistentVolumeClaimStrategy, persistentVolumeStrategy } from './storage.ts'
import { warningsOf } from './warnings.ts'

/** Kinds whose metadata.generation counts changes; all others have none. */
const COUNTED = new Set([
  'CronJob',
  'CustomResourceDefinition',
  'DaemonSet',
  'Deployment',
  'DeviceClass',
  'EndpointSlice',
  'FlowSchema',
  'Ingress',
  'IngressClass',
  'Job',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'NetworkPolicy',
  'Pod',
  'PodDisruptionBudget',
  'PodTemplate',
  'PriorityLevelConfiguration',
  'ReplicaSet',
  'ReplicationController',
  'ResourceSlice',
  'StatefulSet',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
])

const HOLDS_PODS = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'PodTemplate',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
])

const OWN: Readonly<Record<string, Strategy>> = {
  CSIDriver: csiDriverStrategy,
  CertificateSigningRequest: certificateSigningRequestStrategy,
  CustomResourceDefinition: customResourceDefinitionStrategy,
  Event: eventStrategy,
  Job: jobStrategy,
  Namespace: namespaceStrategy,
  Node: nodeStrategy,
  PersistentVolume: persistentVolumeStrategy,
  PersistentVolumeClaim: persistentVolumeClaimStrategy,
  Pod: podStrategy,
  Secret: secretStrategy,
  Service: serviceStrategy,
}

/** The strategy of a built-in kind: preparation, validation, warnings and selectable fields. */
export function strategyOf(gvk: GroupVersionKind): Strategy {
  const validator = validatorOf(gvk)
  return {
    ...withoutDisabled(gvk, preparation(gvk)),
    generation: COUNTED.has(gvk.kind),
    validateCreate: (object) => validator.create(object),
    validateUpdate: (object, old) => validator.update(object, old),
    validateStatusUpdate: (object, old) => validator.statusUpdate(object, old),
    warnings: (object, old) => warningsOf(gvk.kind, object, old),
  }
}

/** Clears fields of features that are off, before anything else is prepared. */
function withoutDisabled({ kind }: GroupVersionKind, base: Strategy): Strategy {
  if (!HOLDS_PODS.has(kind)) return base
  return {
    ...base,
    prepareForCreate(object, ctx) {
      dropDisabledPodFields(podSpecOf(kind, object), undefined)
      base.prepareForCreate?.(object, ctx)
    },
    prepareForUpdate(object, old, ctx) {
      dropDisabledPodFields(podSpecOf(kind, object), podSpecOf(kind, old))
      base.prepareForUpdate?.(object, old, ctx)
    },
  }
}

/** What the API server says of the groups that it serves itself. */
function localCondition(now: string): JsonObject {
  return {
    type: 'Available',
    status: 'True',
    lastTransitionTime: now,
    reason: 'Local',
    message: 'Local APIServices are always available',
  }
}

function preparation(gvk: GroupVersionKind): Strategy {
  const own = OWN[gvk.kind]
  if (own) return own
  const base = statusStrategy(gvk)
  switch (gvk.kind) {
    case 'DaemonSet':
      return daemonSetStrategy(base)
    case 'ServiceAccount':
      return serviceAccountStrategy(base)
    case 'Lease':
      return leaseStrategy(base)
    case 'StatefulSet':
      return statefulSetStrategy(base)
    case 'LimitRange':
      return limitRangeStrategy(base)
    case 'EndpointSlice':
      return endpointSliceStrategy(base)
    case 'APIService':
      return {
        ...base,
        prepareForCreate(object, ctx) {
          base.prepareForCreate?.(object, ctx)
          if (!objectAt(object.spec, 'service')) object.status = { conditions: [localCondition(ctx.now)] }
        },
      }
    case 'PriorityClass':
      return {
        ...base,
        // It is counted once, and never again.
        prepareForCreate(object) {
          object.metadata.generation = 1
        },
      }
    case 'Deployment':
      return {
        ...base,
        countsFurther: ({ metadata }, old) => !jsonEqual(metadata.annotations ?? {}, old.metadata.annotations ?? {}),
        prepareForStatusUpdate(object, old, ctx) {
          base.prepareForStatusUpdate?.(object, old, ctx)
          if (old.metadata.labels) object.metadata.labels = old.metadata.labels
          else delete object.metadata.labels
        },
      }
    case 'ResourceSlice':
      return {
        ...base,
        selectableFields: ({ spec }) => ({
          'spec.driver': stringAt(spec, 'driver'),
          'spec.nodeName': stringAt(spec, 'nodeName'),
        }),
      }
    case 'ReplicationController':
      return {
        ...base,
        selectableFields: (object) => ({ 'status.replicas': String(numberAt(object.status, 'replicas') ?? 0) }),
      }
    default:
      return base
  }
}
