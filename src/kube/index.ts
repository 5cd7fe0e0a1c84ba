/**
 * The Kubernetes API client: kubeconfig, discovery, typed verbs, watch, apply and wait. It knows no engine: the
 * bundled cluster and any other are reached alike. Begin with transport.ts and client.ts.
 */
export * from './transport.ts'
export * from './client.ts'
export * from './errors.ts'
export * from './paths.ts'
