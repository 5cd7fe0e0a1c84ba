import type { KubeObject } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { groupResourceOf, type Scope, timestamp } from '../context.ts'
import { decodeObject } from '../decode.ts'
import { badRequest, conflict, methodNotAllowed, notFound, plainServerError } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { trackUpdate } from '../field-manager.ts'
import { managerOf, writeOptions } from '../options.ts'
import { objectResponse } from '../respond.ts'
import { writeChange } from './update.ts'

const BINDING = { group: '', version: 'v1', kind: 'Binding' }

/** Serves pods/binding: assigns a pod to a node, once. */
export async function bindPod(scope: Scope): Promise<ServerResponse> {
  if (scope.request.method !== 'POST') throw methodNotAllowed()
  const options = writeOptions(scope.request.query, 'CreateOptions')
  const binding = decodeObject(withoutSchema(scope), BINDING, options)
  if ((binding.metadata?.name ?? '') !== scope.info.name) {
    throw badRequest('name in URL does not match name in Binding object')
  }
  const target = isObject(binding.target) ? binding.target : {}
  const node = typeof target.name === 'string' ? target.name : ''
  checkTarget(target.kind, node)
  const manager = managerOf(options, scope.request.headers['user-agent'])
  await writeChange(scope, {
    options,
    createMissing: false,
    produce(live) {
      if (live === undefined) throw notFound(groupResourceOf(scope.definition), scope.info.name)
      const before = structuredClone(live)
      assign(scope, live, binding, node)
      return trackUpdate(scope, before, live, manager)
    },
  })
  return objectResponse(scope, 201, { object: CREATED })
}

/** What POST to a sub-resource without an object of its own answers. */
export const CREATED: KubeObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

/** Answers POST to the bindings of a namespace: the binding of the pod that it names. */
export function createBinding(scope: Scope): Promise<ServerResponse> | undefined {
  if (scope.definition.group !== '' || scope.definition.plural !== 'bindings') return undefined
  if (scope.request.method !== 'POST' || scope.info.name !== '') throw methodNotAllowed()
  const pods = scope.server.registry.find({ group: '', version: 'v1' }, 'pods')
  if (pods === undefined) throw methodNotAllowed()
  const binding = decodeObject(withoutSchema(scope), BINDING, writeOptions(scope.request.query, 'CreateOptions'))
  const info = { ...scope.info, resource: 'pods', subresource: 'binding', name: binding.metadata?.name ?? '' }
  return bindPod({ ...scope, definition: pods, info })
}

/** The scope for reading a body of another kind than the resource's: no schema, no defaults. */
export function withoutSchema(scope: Scope): Scope {
  const { schema: _schema, read: _read, ...definition } = scope.definition
  return { ...scope, definition: { ...definition, applyDefaults: () => {} } }
}

function checkTarget(kind: unknown, node: string): void {
  if (kind !== undefined && kind !== '' && kind !== 'Node') {
    throw plainServerError(
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`,
    )
  }
  if (node === '') throw plainServerError('target.name: Required value')
}

function assign(scope: Scope, pod: KubeObject, binding: KubeObject, node: string): void {
  const { name } = scope.info
  const refuse = (why: string): Error => conflict({ group: '', resource: 'pods/binding' }, name, why)
  const spec = isObject(pod.spec) ? pod.spec : {}
  const { uid, resourceVersion } = binding.metadata
  if (uid !== undefined && uid !== pod.metadata.uid) {
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid ?? ''}`)
  }
  if (resourceVersion !== undefined && resourceVersion !== pod.metadata.resourceVersion) {
    throw refuse('the object has been modified; please apply your changes to the latest version and try again')
  }
  if (pod.metadata.deletionTimestamp !== undefined)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`)
  if (typeof spec.nodeName === 'string' && spec.nodeName !== '') {
    throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`)
  }
  if (Array.isArray(spec.schedulingGates) && spec.schedulingGates.length > 0) {
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`)
  }
  pod.spec = { ...spec, nodeName: node }
  const annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations }
  if (Object.keys(annotations).length > 0) pod.metadata.annotations = annotations
  const labels = { ...pod.metadata.labels, ...binding.metadata.labels }
  if (Object.keys(labels).length > 0) pod.metadata.labels = labels
  markScheduled(pod, timestamp(scope.server.clock))
}

/** The pod has a place now, so a nomination of one is over. */
function markScheduled(pod: KubeObject, now: string): void {
  const { nominatedNodeName: _over, ...status } = isObject(pod.status) ? pod.status : {}
  const conditions = Array.isArray(status.conditions) ? (status.conditions as Record<string, unknown>[]) : []
  const index = conditions.findIndex((condition) => condition.type === 'PodScheduled')
  const before = conditions[index]
  const lastTransitionTime = before?.status === 'True' ? before.lastTransitionTime : now
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime }
  const next = index < 0 ? [...conditions, condition] : conditions.map((each, at) => (at === index ? condition : each))
  pod.status = { ...status, conditions: next }
}
