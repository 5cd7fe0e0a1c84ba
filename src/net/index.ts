export { NetError, type NetErrorCode } from './errors.ts'
export { type HttpRequest, type HttpResponse, sendHttp, userAgent } from './http.ts'
export { type Proxy, proxyFor } from './proxy.ts'
export { loadTls, type TlsMaterial, type TlsOptions } from './tls.ts'
