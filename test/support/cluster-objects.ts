import type { Node, Pod, ReplicaSet } from '../../src/cluster/control/index.ts'

/** A pod with the given parts; ready and running unless told otherwise. */
export function pod(name: string, parts: Partial<Pod> & { ready?: boolean } = {}): Pod {
  const { ready = true, metadata, spec, status, ...rest } = parts
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ns', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Always', ...spec },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      ...status,
    },
    ...rest,
  } as Pod
}

/** A node with room. */
export function node(name: string, parts: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name }, ...parts.metadata },
    spec: { ...parts.spec },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '10' },
      conditions: [{ type: 'Ready', status: 'True' }],
      ...parts.status,
    },
  } as Node
}

/** A replica set of a size with so many available pods. */
export function replicaSet(
  name: string,
  replicas: number,
  available = replicas,
  annotations: Record<string, string> = {},
): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'ns',
      uid: `uid-${name}`,
      creationTimestamp: `2026-01-01T00:00:0${name.slice(-1)}Z`,
      annotations,
    },
    spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas, availableReplicas: available },
  } as ReplicaSet
}
