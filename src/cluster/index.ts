/**
 * The bundled cluster: store, API server, controllers, scheduler and simulated nodes in one process. It knows nothing of
 * charts or releases. Begin with cluster.ts.
 */
export * from './cluster.ts'
export * from './options.ts'
export * from './backup.ts'
