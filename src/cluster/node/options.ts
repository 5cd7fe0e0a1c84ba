/** How the node agent sets up and runs its nodes. */
export interface NodeOptions {
  /** Name of the first node that the agent registers itself; further ones are `<name>-2`, `<name>-3`, … */
  readonly name: string
  /** How many nodes the agent registers itself. 0: it only runs Node objects that clients create. */
  readonly count: number
  /** What a node without a capacity of its own offers. */
  readonly capacity: Readonly<Record<string, string>>
  /** `kubeletVersion` and `kubeProxyVersion` of the agent's own nodes. */
  readonly version: string
  /** The same for Node objects that clients created: as kwok's, by which tools know a fake node. */
  readonly adoptedVersion: string
  /** Folder whose pod manifests the first node runs by itself. */
  readonly staticPods?: string
}

/** The defaults: one node as large as those of the recorded scenarios. */
export const defaultNodeOptions: NodeOptions = {
  name: 'chartctl-node',
  count: 1,
  capacity: {
    cpu: '64',
    memory: '256Gi',
    'ephemeral-storage': '1Ti',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    pods: '500',
  },
  version: 'v1.36.2',
  adoptedVersion: 'kwok-v0.7.0',
}
