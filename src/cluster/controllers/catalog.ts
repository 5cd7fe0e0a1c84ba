import type { ComponentContext } from '../control/index.ts'
import { startClusterRoleAggregation } from './lifecycle/cluster-role-aggregation.ts'
import { startNamespaces } from './lifecycle/namespace.ts'
import { startNodeIpam } from './lifecycle/node-ipam.ts'
import { startNodeLifecycle } from './lifecycle/node-lifecycle.ts'
import { startPodGc } from './lifecycle/pod-gc.ts'
import { startResourceQuotas } from './lifecycle/resource-quota.ts'
import { startRootCa } from './lifecycle/root-ca.ts'
import { startServiceAccounts } from './lifecycle/service-account.ts'
import { startTaintEviction } from './lifecycle/taint-eviction.ts'
import { startTtlAfterFinished } from './lifecycle/ttl-after-finished.ts'
import { startEndpointMirroring } from './network/endpoint-mirroring.ts'
import { startEndpointSlices } from './network/endpoint-slice.ts'
import { startEndpoints } from './network/endpoints.ts'
import type { LoadBalancerOptions } from './network/load-balancer.ts'
import { startLoadBalancers } from './network/load-balancer.ts'
import { startClaimBinder } from './storage/claim-binder.ts'
import { startClaimProtection } from './storage/claim-protection.ts'
import { startExpander } from './storage/expander.ts'
import { startProvisioner } from './storage/provisioner.ts'
import { startCronJobs } from './workload/cron-job.ts'
import { startDaemonSets } from './workload/daemon-set.ts'
import { startDeployments } from './workload/deployment/sync.ts'
import { startDisruption } from './workload/disruption.ts'
import { startHorizontalAutoscalers } from './workload/autoscaler/controller.ts'
import { startJobs } from './workload/job.ts'
import { startReplicaSets } from './workload/replica-set.ts'
import { startReplicationControllers } from './workload/replication-controller.ts'
import { startStatefulSets } from './workload/stateful-set.ts'

/** What controllers may be told by whoever starts the cluster. */
export interface ControllerOptions {
  /** PEM text of the cluster's CA, published in every namespace. */
  readonly rootCa: string
  /** Addresses for services of type LoadBalancer; null: they stay pending. */
  readonly loadBalancers: LoadBalancerOptions | null
}

/** The only list of controllers. The garbage collector is apart: it starts once the others have filled the caches. */
export const controllers: Readonly<Record<string, (ctx: ComponentContext, options: ControllerOptions) => void>> = {
  replicaset: startReplicaSets,
  replicationcontroller: startReplicationControllers,
  deployment: startDeployments,
  statefulset: startStatefulSets,
  daemonset: startDaemonSets,
  job: startJobs,
  cronjob: startCronJobs,
  endpoints: startEndpoints,
  endpointslice: startEndpointSlices,
  endpointslicemirroring: startEndpointMirroring,
  namespace: startNamespaces,
  serviceaccount: startServiceAccounts,
  'root-ca-certificate-publisher': (ctx, { rootCa }) => startRootCa(ctx, rootCa),
  'node-ipam': startNodeIpam,
  'node-lifecycle': startNodeLifecycle,
  'taint-eviction': startTaintEviction,
  'pod-garbage-collector': startPodGc,
  'ttl-after-finished': startTtlAfterFinished,
  resourcequota: startResourceQuotas,
  'clusterrole-aggregation': startClusterRoleAggregation,
  disruption: startDisruption,
  horizontalpodautoscaler: startHorizontalAutoscalers,
  'persistentvolume-binder': startClaimBinder,
  'persistentvolume-protection': startClaimProtection,
  'persistentvolume-expander': startExpander,
  'local-path-provisioner': startProvisioner,
  'service-lb': (ctx, { loadBalancers }) => {
    if (loadBalancers !== null) startLoadBalancers(ctx, loadBalancers)
  },
}
