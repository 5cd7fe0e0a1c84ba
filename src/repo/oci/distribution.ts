import { errorText } from '../../base/index.ts'
import { parseJson } from '../../encoding/index.ts'
import type { HttpResponse } from '../../net/index.ts'
import { repoError } from '../errors.ts'
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
      for (const tag of parseTags(response).tags ?? []) found.push(tag)
      path = nextPage(response)
    }
    return found
  }

  /** The manifest that a reference names, checked against its digest. */
  async manifest(reference: OciReference): Promise<{ readonly descriptor: Descriptor; readonly data: Uint8Array }> {
    const { registry, repository } = reference
    const name = reference.tag === '' ? reference.digest : reference.tag
    const path = `${repository}/manifests/${name}`
    const accept = [mediaTypes.manifest, mediaTypes.index, 'application/vnd.docker.distribution.manifest.v2+json'].join(
      ', ',
    )
    const scopes = pullScope(repository)
    const response = await this.#transport.send({ registry, method: 'GET', path, headers: { Accept: accept }, scopes })
    if (response.status === 404) throw repoError('REGISTRY', `${printOciReference(reference)}: not found`)
    if (response.status !== 200) throw statusError(response, 'GET', this.#transport.baseUrl(registry) + path)
    const digest = digestOf(response.body)
    if (reference.digest !== '' && reference.tag === '' && digest !== reference.digest)
      throw mismatch(reference.digest, digest)
    const announced = response.headers['docker-content-digest']
    if (announced !== undefined && announced !== digest) {
      throw repoError('DIGEST', 'failed to perform "Successors" on source: mismatched digest')
    }
    const mediaType = response.headers['content-type'] ?? mediaTypes.manifest
    return { descriptor: { mediaType, digest, size: response.body.length }, data: response.body }
  }

  /** Content by its descriptor, checked against it. */
  async blob(reference: OciReference, descriptor: Descriptor): Promise<Uint8Array> {
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
    const fetching = 'failed to perform "Fetch" on source'
    if (response.status === 404) throw repoError('REGISTRY', `${fetching}: ${descriptor.digest}: not found`)
    if (response.status !== 200) {
      const failure = statusError(response, 'GET', url)
      throw repoError('REGISTRY', `${fetching}: ${failure.message}`, failure)
    }
    if (response.body.length !== descriptor.size) {
      throw repoError('REGISTRY', `${fetching}: GET "${url}": mismatch Content-Length`)
    }
    if (digestOf(response.body) !== descriptor.digest) {
      throw repoError('DIGEST', 'failed to perform "Push" on destination: mismatched digest')
    }
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
      const held = response.headers['docker-content-digest']
      if (response.status === 200 && held !== undefined && held !== digest) {
        const url = this.#transport.baseUrl(registry) + path
        const reason = `invalid response; digest mismatch in Docker-Content-Digest: received "${held}" when expecting "${digest}"`
        throw repoError('DIGEST', `HEAD "${url}": ${reason}`)
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

function mismatch(wanted: string, actual: string): Error {
  return repoError('DIGEST', `mismatch digest: got ${actual}, expected ${wanted}`)
}

function parseTags(response: HttpResponse): { readonly tags?: readonly string[] | null } {
  const text = Buffer.from(response.body).toString('utf8')
  try {
    parseJson(text)
    return JSON.parse(text) as { tags?: string[] | null }
  } catch (error) {
    throw repoError('REGISTRY', `GET "${response.url}": failed to decode response: ${errorText(error)}`, error)
  }
}

/** Path of the next page that a `Link` header names. */
function nextPage(response: HttpResponse): string | undefined {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.link ?? '')?.[1]
  if (link === undefined) return undefined
  const next = new URL(link, response.url)
  return `${next.pathname.replace(/^\/v2\//, '')}${next.search}`
}
