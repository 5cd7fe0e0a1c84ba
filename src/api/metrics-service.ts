import type { KubeObject } from './object.ts'

/** Where APIServices are. */
export const API_SERVICES_PATH = '/apis/apiregistration.k8s.io/v1/apiservices'

/** The name under which the resource metrics API is registered. */
export const METRICS_API_NAME = 'v1beta1.metrics.k8s.io'

/** What an installed metrics server registers: usage of nodes and pods is served from then on. */
export const METRICS_API_SERVICE: KubeObject = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: METRICS_API_NAME },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
  },
}
