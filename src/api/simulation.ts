/** Annotations below this prefix say how the simulation treats pods, workloads, namespaces and nodes. */
export const SIMULATION_PREFIX = 'simulate.chartctl.dev/'

/** The ConfigMap whose data steers the simulation of a cluster as a whole. */
export const SIMULATION_CONFIG = { namespace: 'kube-system', name: 'chartctl-simulation' } as const
