/**
 * Groups that other servers serve: APIServices that name a Service are looked at, requests for them are passed on under the
 * sender's name, and what their servers tell stands in discovery and OpenAPI. Begin with remote-apis.ts.
 */
export { readRemote } from './fetch.ts'
export { proxyRequest } from './proxy.ts'
export { type ProxyIdentity, remoteApiFor } from './remote-api.ts'
export { RemoteApis, type RemoteVersion } from './remote-apis.ts'
