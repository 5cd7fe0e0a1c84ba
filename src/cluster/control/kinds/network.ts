import type { Condition, ServerObject } from './common.ts'

/** The fields of ServicePort that components of the cluster read or write. */
export interface ServicePort {
  name?: string
  protocol?: string
  port: number
  targetPort?: number | string
  nodePort?: number
  appProtocol?: string
}

/** The fields of Service that components of the cluster read or write. */
export interface Service extends ServerObject {
  spec: {
    type?: string
    selector?: Record<string, string>
    clusterIP?: string
    clusterIPs?: string[]
    ports?: ServicePort[]
    publishNotReadyAddresses?: boolean
    ipFamilies?: string[]
    loadBalancerIP?: string
    loadBalancerClass?: string
    externalName?: string
    [field: string]: unknown
  }
  status?: { loadBalancer?: { ingress?: { ip?: string; ipMode?: string }[] }; conditions?: Condition[] }
}

/** The fields of EndpointsSubset that components of the cluster read or write. */
export interface EndpointsSubset {
  addresses?: EndpointAddress[]
  notReadyAddresses?: EndpointAddress[]
  ports?: { name?: string; port: number; protocol?: string; appProtocol?: string }[]
}

/** The fields of EndpointAddress that components of the cluster read or write. */
export interface EndpointAddress {
  ip: string
  hostname?: string
  nodeName?: string
  targetRef?: Record<string, string>
}

/** The fields of Endpoints that components of the cluster read or write. */
export interface Endpoints extends ServerObject {
  subsets?: EndpointsSubset[]
}

/** The fields of EndpointSliceEndpoint that components of the cluster read or write. */
export interface EndpointSliceEndpoint {
  addresses: string[]
  conditions: { ready?: boolean; serving?: boolean; terminating?: boolean }
  hostname?: string
  nodeName?: string
  targetRef?: Record<string, string>
  zone?: string
}

/** The fields of EndpointSlice that components of the cluster read or write. */
export interface EndpointSlice extends ServerObject {
  addressType: string
  endpoints: EndpointSliceEndpoint[]
  ports?: { name?: string; port?: number; protocol?: string; appProtocol?: string }[]
}
