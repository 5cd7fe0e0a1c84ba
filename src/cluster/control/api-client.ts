import type { KubeObject } from '../../api/index.ts'
import type { ApiRequest, ApiResponse, Transport } from '../../kube/index.ts'
import { apiError, isApiError } from './errors.ts'
import type { ResourceType } from './resources.ts'
import { resourcePath } from './resources.ts'

/** Names an object within its resource. */
export interface ObjectRef {
  readonly namespace?: string | undefined
  readonly name: string
}

/** How an object is deleted. */
export interface DeleteRequest {
  /** Only when the live object still has this uid. */
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
}

/** Content types of the patch formats that components use. */
export type PatchFormat = 'merge' | 'strategic' | 'json'

const patchTypes: Readonly<Record<PatchFormat, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
}

/**
 * The few API verbs that components inside the cluster need, over a Transport. Refusals throw ApiError, except that
 * `get` gives undefined for an object that is not there. The user agent names the component: the API server takes the
 * field manager from it.
 */
export class ApiClient {
  readonly transport: Transport
  private readonly headers: Readonly<Record<string, string>>
  constructor(transport: Transport, userAgent: string) {
    this.transport = transport
    this.headers = { 'user-agent': userAgent }
  }

  /** The same connection under another component's name. */
  as(userAgent: string): ApiClient {
    return new ApiClient(this.transport, userAgent)
  }

  async get<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef): Promise<T | undefined> {
    try {
      return (await this.send({ method: 'GET', path: resourcePath(type, ref) })) as T
    } catch (error) {
      if (isApiError(error, 'NOT_FOUND')) return undefined
      throw error
    }
  }

  async list<T extends KubeObject>(
    type: ResourceType<T>,
    options: { readonly namespace?: string; readonly query?: Record<string, string>; readonly accept?: string } = {},
  ): Promise<{ items: T[]; resourceVersion: string }> {
    const body = (await this.send({
      method: 'GET',
      path: resourcePath(type, { namespace: options.namespace }),
      ...(options.query ? { query: options.query } : {}),
      ...(options.accept ? { headers: { accept: options.accept } } : {}),
    })) as { items?: T[]; metadata?: { resourceVersion?: string } }
    return { items: body.items ?? [], resourceVersion: body.metadata?.resourceVersion ?? '' }
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: KubeObject): Promise<T> {
    const path = resourcePath(type, { namespace: object.metadata.namespace })
    return (await this.send({ method: 'POST', path, body: object })) as T
  }

  async update<T extends KubeObject>(type: ResourceType<T>, object: T, subresource?: string): Promise<T> {
    const { namespace, name } = object.metadata
    return (await this.send({
      method: 'PUT',
      path: resourcePath(type, { namespace, name, subresource }),
      body: object,
    })) as T
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: unknown,
    options: { readonly format?: PatchFormat; readonly subresource?: string } = {},
  ): Promise<T> {
    return (await this.send({
      method: 'PATCH',
      path: resourcePath(type, { ...ref, subresource: options.subresource }),
      headers: { 'content-type': patchTypes[options.format ?? 'merge'] },
      body: patch,
    })) as T
  }

  /** Deletes an object; one that is already gone is not an error. */
  async delete(type: ResourceType, ref: ObjectRef, options: DeleteRequest = {}): Promise<void> {
    const preconditions = {
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
    }
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(options.propagationPolicy ? { propagationPolicy: options.propagationPolicy } : {}),
      ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
      ...(Object.keys(preconditions).length > 0 ? { preconditions } : {}),
    }
    try {
      await this.send({ method: 'DELETE', path: resourcePath(type, ref), body })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
    }
  }

  /** Any other request; the answer's body, or an ApiError. */
  async send(request: ApiRequest): Promise<unknown> {
    const headers = { ...this.headers, ...request.headers }
    const sent = typeof request.body === 'string' || headers['content-type'] === undefined
    const response: ApiResponse = await this.transport.request({
      ...request,
      headers,
      ...(sent || request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    if (response.status >= 400) throw apiError(response)
    return response.body
  }

  /** Opens a streamed answer; refusals throw ApiError. */
  async stream(request: ApiRequest): Promise<AsyncIterable<Uint8Array>> {
    const stream = await this.transport.stream({ ...request, headers: { ...this.headers, ...request.headers } })
    if (stream.status < 400) return stream.chunks
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream.chunks) text += decoder.decode(chunk, { stream: true })
    let body: unknown = text
    try {
      body = JSON.parse(text)
    } catch {
      // Not a Status object: the text itself is the message.
    }
    throw apiError({ status: stream.status, body })
  }
}
