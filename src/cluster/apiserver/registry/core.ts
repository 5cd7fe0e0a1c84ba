import { defineResources, SCALE, SCALE_PATHS, STATUS } from './define.ts'
import type { ResourceDefinition, Verb } from './resource.ts'

const PROXY_VERBS: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update']
const POD_VERBS: readonly Verb[] = ['get', 'patch', 'update']

/** The core group, `v1`. */
export function coreResources(): ResourceDefinition[] {
  return defineResources('', 'v1', [
    { kind: 'Binding', plural: 'bindings', verbs: ['create'] },
    { kind: 'ComponentStatus', plural: 'componentstatuses', short: ['cs'], namespaced: false, verbs: ['get', 'list'] },
    { kind: 'ConfigMap', plural: 'configmaps', short: ['cm'] },
    { kind: 'Endpoints', plural: 'endpoints', short: ['ep'] },
    { kind: 'Event', plural: 'events', short: ['ev'] },
    { kind: 'LimitRange', plural: 'limitranges', short: ['limits'] },
    {
      kind: 'Namespace',
      plural: 'namespaces',
      short: ['ns'],
      namespaced: false,
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      subresources: [{ name: 'finalize', verbs: ['update'] }, STATUS],
    },
    {
      kind: 'Node',
      plural: 'nodes',
      short: ['no'],
      namespaced: false,
      subresources: [{ name: 'proxy', verbs: PROXY_VERBS, kind: 'NodeProxyOptions' }, STATUS],
    },
    { kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', short: ['pvc'], subresources: [STATUS] },
    { kind: 'PersistentVolume', plural: 'persistentvolumes', short: ['pv'], namespaced: false, subresources: [STATUS] },
    {
      kind: 'Pod',
      plural: 'pods',
      short: ['po'],
      categories: ['all'],
      subresources: [
        { name: 'attach', verbs: ['create', 'get'], kind: 'PodAttachOptions' },
        { name: 'binding', verbs: ['create'], kind: 'Binding' },
        { name: 'ephemeralcontainers', verbs: POD_VERBS },
        { name: 'eviction', verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
        { name: 'exec', verbs: ['create', 'get'], kind: 'PodExecOptions' },
        { name: 'log', verbs: ['get'] },
        { name: 'portforward', verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
        { name: 'proxy', verbs: PROXY_VERBS, kind: 'PodProxyOptions' },
        { name: 'resize', verbs: POD_VERBS },
        STATUS,
      ],
    },
    { kind: 'PodTemplate', plural: 'podtemplates' },
    {
      kind: 'ReplicationController',
      plural: 'replicationcontrollers',
      short: ['rc'],
      categories: ['all'],
      subresources: [SCALE, STATUS],
      scale: SCALE_PATHS,
    },
    { kind: 'ResourceQuota', plural: 'resourcequotas', short: ['quota'], subresources: [STATUS] },
    { kind: 'Secret', plural: 'secrets' },
    {
      kind: 'ServiceAccount',
      plural: 'serviceaccounts',
      short: ['sa'],
      subresources: [
        { name: 'token', verbs: ['create'], kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' },
      ],
    },
    {
      kind: 'Service',
      plural: 'services',
      short: ['svc'],
      categories: ['all'],
      subresources: [{ name: 'proxy', verbs: PROXY_VERBS, kind: 'ServiceProxyOptions' }, STATUS],
    },
  ])
}
