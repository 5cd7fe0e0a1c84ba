/** Fills in what clients leave out, as the scheme's defaulting functions of Kubernetes do. Begin with defaulting-of.ts. */
export * from './defaulting-of.ts'
