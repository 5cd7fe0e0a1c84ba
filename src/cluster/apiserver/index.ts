/**
 * The Kubernetes-compatible API server: one pipeline for every resource (authenticate, authorise, decode, default, admit,
 * validate, write, answer, watch). What differs per kind is data (registry/, strategies/, defaulting/, validation/, table/).
 * It opens no socket by itself: https.ts does. Begin with server.ts (routing), then handlers/.
 */
export * from './exchange.ts'
export * from './api-server.ts'
export { type AuditPolicy, type AuditSink, parseAuditPolicy } from './audit/index.ts'
export type { ApiHandler } from './server.ts'
export { listenHttps, type Listener } from './https.ts'
export { stampResourceVersion } from './object-storage.ts'
export { SERVER_VERSION } from './discovery/version.ts'
export { type DefaultPolicy, defaultPolicy } from './authz/default-roles.ts'
