import { errorText } from '../../base/index.ts'
import type { HttpResponse } from '../../net/index.ts'
import { repoError } from '../errors.ts'
import { checkContent, checkDigest, decodeAnswer, mistyped, parseMediaType } from './content.ts'
import { type Blob, type Descriptor, digestOf, mediaTypes } from './manifest.ts'
import { type OciReference, printOciReference } from './reference.ts'
import { type RegistryTransport, statusError } from './transport.ts'

/** The requests of the OCI distribution API that charts and plugins need. Errors are worded as Helm's library words them. */
export class Distribution {
  readonly #transport: RegistryTransport

  constructor(transport: RegistryTransport) {
    this.#transport = transport
  }

  /** All tags of a repository, in the registry's order. */
  async tags(registry: string, name: string): Promise<readonly string[]> {
    const found: string[] = []
    let path: string | undefined = `${name}/tags/list`
    while (path !== undefined) {
      const response = await this.#transport.send({
        registry,
        method: 'GET',
        path,
        scopes: pullScope(name),
      })
      if (response.status !== 200) throw statusError(response, 'GET', this.#transport.baseUrl(registry) + path)
      for (const tag of parseTags(response)) found.push(tag)
      path = nextPage(response)
    }
    return found
  }

  /**
   * What a reference names: its descriptor by the answer's headers, and the content, which is not checked against it yet. As
   * oras' manifestStore.FetchReference.
   */
  async fetchReference(
    reference: OciReference,
  ): Promise<{ readonly descriptor: Descriptor; readonly data: Uint8Array }> {
    const response = await this.#askReference(reference, 'GET')
    const isMeasured = response.headers['content-length'] !== undefined
    const { method, answer } = isMeasured
      ? { method: 'GET', answer: response }
      : { method: 'HEAD', answer: await this.#askReference(reference, 'HEAD') }
    return { descriptor: describe(answer, method, reference, this.#manifestUrl(reference)), data: response.body }
  }

  async #askReference(reference: OciReference, method: 'GET' | 'HEAD'): Promise<HttpResponse> {
    const { registry, repository } = reference
    const path = `${repository}/manifests/${nameOf(reference)}`
    const accept = [mediaTypes.manifest, mediaTypes.index, 'application/vnd.docker.distribution.manifest.v2+json'].join(
      ', ',
    )
    const scopes = pullScope(repository)
    const response = await this.#transport.send({ registry, method, path, headers: { Accept: accept }, scopes })
    if (response.status === 404) throw repoError('REGISTRY', `${printOciReference(reference)}: not found`)
    if (response.status !== 200) throw statusError(response, method, this.#manifestUrl(reference))
    return response
  }

  #manifestUrl(reference: OciReference): string {
    return `${this.#transport.baseUrl(reference.registry)}${reference.repository}/manifests/${nameOf(reference)}`
  }

  /** The manifest that a reference names, checked against its digest. */
  async manifest(reference: OciReference): Promise<{ readonly descriptor: Descriptor; readonly data: Uint8Array }> {
    const found = await this.fetchReference(reference)
    checkContent(found.data, found.descriptor)
    return found
  }

  /** The manifest of a descriptor, as the answer's headers fit it; the content is not checked yet. As oras' manifestStore.Fetch. */
  async fetchManifest(reference: OciReference, descriptor: Descriptor): Promise<Uint8Array> {
    const { registry, repository } = reference
    const path = `${repository}/manifests/${descriptor.digest}`
    const headers = { Accept: descriptor.mediaType }
    const scopes = pullScope(repository)
    const response = await this.#transport.send({ registry, method: 'GET', path, headers, scopes })
    const what = `GET "${this.#transport.baseUrl(registry)}${path}"`
    if (response.status === 404) throw repoError('REGISTRY', `${descriptor.digest}: not found`)
    if (response.status !== 200) throw statusError(response, 'GET', this.#transport.baseUrl(registry) + path)
    let mediaType: string
    try {
      mediaType = parseMediaType(response.headers['content-type'] ?? '')
    } catch (error) {
      throw repoError('REGISTRY', `${what}: invalid response Content-Type: ${errorText(error)}`, error)
    }
    if (mediaType !== descriptor.mediaType) {
      const text = `${what}: mismatch response Content-Type "${mediaType}": expect "${descriptor.mediaType}"`
      throw repoError('REGISTRY', text)
    }
    checkAnswer(response, what, descriptor)
    return response.body
  }

  /** The content of a blob, as the answer's headers fit it; it is not checked yet. As oras' blobStore.Fetch. */
  async fetchBlob(reference: OciReference, descriptor: Descriptor): Promise<Uint8Array> {
    const { registry, repository } = reference
    const path = `${repository}/blobs/${descriptor.digest}`
    const response = await this.#transport.send({
      registry,
      method: 'GET',
      path,
      transfer: `${registry}/${repository}`,
      scopes: pullScope(repository),
    })
    const url = this.#transport.baseUrl(registry) + path
    if (response.status === 404) throw repoError('REGISTRY', `${descriptor.digest}: not found`)
    if (response.status !== 200) throw statusError(response, 'GET', url)
    checkAnswer(response, `GET "${url}"`, descriptor)
    return response.body
  }

  /** Whether a manifest with this digest is there. */
  async exists(reference: OciReference, digest: string): Promise<boolean> {
    const { registry, repository } = reference
    const path = `${repository}/manifests/${digest}`
    const headers = { Accept: mediaTypes.manifest }
    try {
      const response = await this.#transport.send({
        registry,
        method: 'HEAD',
        path,
        headers,
        scopes: pushScope(repository),
      })
      const held = response.headers[digestHeader]
      if (response.status === 200 && held !== undefined && held !== digest) {
        const url = this.#transport.baseUrl(registry) + path
        throw digestMismatch(`HEAD "${url}"`, held, digest)
      }
      if (response.status === 200) return true
      if (response.status === 404) return false
      throw statusError(response, 'HEAD', this.#transport.baseUrl(registry) + path)
    } catch (error) {
      throw repoError('REGISTRY', `failed to perform "Exists" on destination: ${errorText(error)}`, error)
    }
  }

  /** Uploads content unless it is there. */
  async uploadBlob(reference: OciReference, blob: Blob): Promise<void> {
    const { registry, repository } = reference
    const scopes = pushScope(repository)
    const path = `${repository}/blobs/${blob.descriptor.digest}`
    const known = await this.#transport.send({ registry, method: 'HEAD', path, scopes })
    if (known.status === 200) return
    const start = `${repository}/blobs/uploads/`
    const opened = await this.#transport.send({ registry, method: 'POST', path: start, scopes, body: new Uint8Array() })
    const startUrl = this.#transport.baseUrl(registry) + start
    if (opened.status !== 202) throw uploadFailure(statusError(opened, 'POST', startUrl))
    const location = new URL(opened.headers.location ?? '', startUrl)
    location.searchParams.set('digest', blob.descriptor.digest)
    const headers = { 'Content-Type': 'application/octet-stream' }
    const url = location.toString()
    const done = await this.#transport.send({ registry, method: 'PUT', url, headers, body: blob.data, scopes })
    if (done.status !== 201) throw uploadFailure(statusError(done, 'PUT', url))
  }

  /** Uploads a manifest under the reference's tag. */
  async uploadManifest(reference: OciReference, manifest: Blob): Promise<void> {
    const { registry, repository, tag } = reference
    const path = `${repository}/manifests/${tag}`
    const headers = { 'Content-Type': manifest.descriptor.mediaType }
    const scopes = pushScope(repository)
    const response = await this.#transport.send({ registry, method: 'PUT', path, headers, body: manifest.data, scopes })
    if (response.status !== 201)
      throw uploadFailure(statusError(response, 'PUT', this.#transport.baseUrl(registry) + path))
  }
}

function pullScope(repository: string): string[] {
  return [`repository:${repository}:pull`]
}

function pushScope(repository: string): string[] {
  return [`repository:${repository}:pull,push`]
}

function uploadFailure(error: Error): Error {
  return repoError('REGISTRY', `failed to perform "Push" on destination: ${error.message}`, error)
}

/** By tag where there is one, else by digest. */
function nameOf({ tag, digest }: OciReference): string {
  return tag === '' ? digest : tag
}

/** The descriptor that an answer's headers give. As oras' manifestStore.generateDescriptor. */
function describe(response: HttpResponse, method: string, reference: OciReference, url: string): Descriptor {
  const { headers } = response
  const what = `${method} "${url}"`
  let mediaType: string
  try {
    mediaType = parseMediaType(headers['content-type'] ?? '')
  } catch (error) {
    throw repoError('REGISTRY', `${what}: invalid response \`Content-Type\` header; ${errorText(error)}`, error)
  }
  const length = headers['content-length']
  if (length === undefined) throw repoError('REGISTRY', `${what}: unknown response Content-Length`)
  const announced = headers[digestHeader] ?? ''
  if (announced !== '') {
    try {
      checkDigest(announced)
    } catch (error) {
      const why = `invalid response header value: \`Docker-Content-Digest: ${announced}\`; ${errorText(error)}`
      throw repoError('DIGEST', `${what}: ${why}`, error)
    }
  }
  const wanted = reference.tag === '' ? reference.digest : ''
  if (announced === '' && method === 'HEAD' && wanted === '') {
    throw repoError('DIGEST', 'HTTP HEAD request missing required header "Docker-Content-Digest"')
  }
  const own = method === 'HEAD' ? wanted : digestOf(response.body)
  const digest = announced === '' ? own : announced
  if (wanted !== '' && wanted !== digest) throw digestMismatch(what, digest, wanted)
  return { mediaType, digest, size: Number(length) }
}

/** Throws unless length and digest in the headers, as far as they are there, are the descriptor's. */
function checkAnswer(response: HttpResponse, what: string, { digest, size }: Descriptor): void {
  const length = response.headers['content-length']
  if (length !== undefined && Number(length) !== size) {
    throw repoError('REGISTRY', `${what}: mismatch Content-Length`)
  }
  const announced = response.headers[digestHeader] ?? ''
  if (announced === '') return
  try {
    checkDigest(announced)
  } catch (error) {
    const text = `${what}: invalid response header: \`Docker-Content-Digest: ${announced}\``
    throw repoError('DIGEST', text, error)
  }
  if (announced !== digest) throw digestMismatch(what, announced, digest)
}

function digestMismatch(what: string, received: string, expected: string): Error {
  const reason = `digest mismatch in Docker-Content-Digest: received "${received}" when expecting "${expected}"`
  return repoError('DIGEST', `${what}: invalid response; ${reason}`)
}

const digestHeader = 'docker-content-digest'

function parseTags(response: HttpResponse): readonly string[] {
  try {
    return tagsOf(decodeAnswer(response.body))
  } catch (error) {
    throw repoError('REGISTRY', `GET "${response.url}": failed to decode response: ${errorText(error)}`, error)
  }
}

function tagsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw mistyped(value, '', 'struct { Tags []string "json:\\"tags\\"" }', '')
  }
  const { tags = null } = (value ?? {}) as { readonly tags?: unknown }
  if (tags === null) return []
  if (!Array.isArray(tags)) throw mistyped(tags, 'tags', '[]string', '')
  return tags.map((tag: unknown) => {
    if (tag !== null && typeof tag !== 'string') throw mistyped(tag, 'tags', 'string', '')
    return tag ?? ''
  })
}

/** Path of the next page that a `Link` header names. */
function nextPage(response: HttpResponse): string | undefined {
  const { link = '' } = response.headers
  if (link === '') return undefined
  const end = link.indexOf('>')
  for (const [isMissing, sign] of [
    [!link.startsWith('<'), '<'],
    [end < 0, '>'],
  ] as const) {
    if (isMissing) throw repoError('REGISTRY', `invalid next link ${JSON.stringify(link)}: missing '${sign}'`)
  }
  const next = new URL(link.slice(1, end), response.url)
  return `${next.pathname.replace(/^\/v2\//, '')}${next.search}`
}
