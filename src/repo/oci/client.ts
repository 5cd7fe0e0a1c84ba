import { errorText } from '../../base/index.ts'
import { compareVersions, parseStrictVersion, type Version } from '../../version/index.ts'
import { parseJson } from '../../encoding/index.ts'
import type { RepoEnvironmentOptions } from '../environment-options.ts'
import { repoError } from '../errors.ts'
import { readConstraint, tryVersion } from '../versions.ts'
import { credentialStore } from './credentials.ts'
import { checkContent } from './content.ts'
import { copyArtifact } from './copy.ts'
import { Distribution } from './distribution.ts'
import { chartArtifact, type Descriptor, mediaTypes } from './manifest.ts'
import { checkRegistry, type OciReference, parseOciReference, printOciReference } from './reference.ts'
import { pluginLayers, titleOf } from './plugin-manifest.ts'
import { readPushSource } from './push-source.ts'
import { type RegistryTransport, registryTransport, statusError } from './transport.ts'

/** A client for charts in OCI registries. As Helm 4 `pkg/registry`, output lines included. */
export interface RegistryClient {
  /** The URL (with tag or digest) that a chart reference and version mean. The digest is that of the manifest, when both are known. */
  resolveChart(reference: string, version: string): Promise<{ readonly url: string; readonly digest: string }>
  /** Tags of a repository that are versions, newest first. */
  tags(repository: string): Promise<readonly string[]>
  /** Downloads what a URL names: a chart, or its provenance when the URL ends in .prov. */
  fetchForGetter(url: string): Promise<Uint8Array>
  /** Downloads the archive (and provenance) of a plugin called `name`. */
  fetchPlugin(url: string, name: string): Promise<PluginDownload>
  /** Uploads an archive (and the provenance beside it) below `remote`. */
  push(path: string, remote: string): Promise<void>
  /** Tries a login and stores it. */
  login(host: string, credential: { readonly username: string; readonly password: string }): Promise<void>
  /** Forgets a login. */
  logout(host: string): void
}

/** A plugin's archive as a registry holds it. */
export interface PluginDownload {
  /** File name: NAME-VERSION.tgz. */
  readonly name: string
  readonly data: Uint8Array
  readonly provenance: Uint8Array | undefined
}

const underscoreMessage = `
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.`

/** Creates a client; nothing is contacted yet. */
export function createRegistryClient(options: RepoEnvironmentOptions): RegistryClient {
  return new OciClient(options)
}

class OciClient implements RegistryClient {
  private readonly options: RepoEnvironmentOptions
  private readonly store: ReturnType<typeof credentialStore>
  private readonly distribution: Distribution

  constructor(options: RepoEnvironmentOptions) {
    this.options = options
    const { registryConfig, env, home, random } = options
    this.store = credentialStore({ path: registryConfig, env, home, random })
    const { username = '', password = '' } = options.login
    const given = username !== '' && password !== '' ? { username, password } : undefined
    this.distribution = new Distribution(this.transportWith((registry) => given ?? this.store.find(registry)))
  }

  private transportWith(credential: Parameters<typeof registryTransport>[0]['credential']): RegistryTransport {
    const { login, env, transfers, signal } = this.options
    return registryTransport({
      plainHttp: login.plainHttp ?? false,
      tls: {
        caFile: login.caFile ?? '',
        certFile: login.certFile ?? '',
        keyFile: login.keyFile ?? '',
        insecureSkipVerify: login.insecureSkipTlsVerify ?? false,
      },
      env,
      transfers,
      signal,
      credential,
    })
  }

  async resolveChart(text: string, wanted: string): Promise<{ readonly url: string; readonly digest: string }> {
    const reference = parseOciReference(text)
    const base = `oci://${reference.registry}/${reference.repository}`
    const version = wanted === '' ? reference.tag : wanted
    if (wanted !== '' && reference.tag !== '' && reference.tag !== wanted) {
      throw repoError('BAD_REFERENCE', `chart reference and version mismatch: ${wanted} is not ${reference.tag}`)
    }
    if (reference.digest !== '') return this.resolveDigest(reference, version, text)
    if (tryVersion(version) !== undefined) return { url: `${base}:${version}`, digest: '' }
    const tags = await this.tags(text.replace(/^oci:\/\//, ''))
    if (tags.length === 0) throw repoError('REGISTRY', `unable to locate any tags in provided repository: ${text}`)
    return { url: `${base}:${matchingTag(tags, version)}`, digest: '' }
  }

  private async resolveDigest(
    reference: OciReference,
    version: string,
    text: string,
  ): Promise<{ readonly url: string; readonly digest: string }> {
    if (version === '') return { url: text, digest: '' }
    const url = `oci://${reference.registry}/${reference.repository}@${reference.digest}`
    let actual: string
    try {
      actual = (await this.distribution.manifest({ ...reference, tag: version.replaceAll('+', '_'), digest: '' }))
        .descriptor.digest
    } catch {
      return { url, digest: '' }
    }
    if (actual !== reference.digest) {
      throw repoError('DIGEST', `chart reference digest mismatch: ${actual} is not ${reference.digest}`)
    }
    return { url, digest: '' }
  }

  async tags(repository: string): Promise<readonly string[]> {
    const { registry, repository: name } = parseOciReference(repository)
    const tags = await this.distribution.tags(registry, name)
    const versions = tags.flatMap((tag) => strictVersion(tag.replaceAll('_', '+')) ?? [])
    return versions.sort((a, b) => compareVersions(b, a)).map(String)
  }

  async fetchForGetter(url: string): Promise<Uint8Array> {
    const wantsProvenance = url.endsWith('.prov')
    const text = (wantsProvenance ? url.slice(0, -'.prov'.length) : url).replace(/^oci:\/\//, '')
    const reference = parseOciReference(text)
    checkFetchable(reference)
    const wanted: readonly string[] = wantsProvenance
      ? [mediaTypes.provenance]
      : [mediaTypes.chart, mediaTypes.legacyChart]
    const allowed: readonly string[] = [mediaTypes.index, mediaTypes.manifest, mediaTypes.config, ...wanted]
    const copied = await copyArtifact(this.distribution, reference, (mediaType) => allowed.includes(mediaType))
    const { descriptors, root } = copied
    if (descriptors.length < 2) {
      const message = `manifest does not contain minimum number of descriptors (2), descriptors found: ${descriptors.length}`
      throw repoError('REGISTRY', message)
    }
    for (const { mediaType } of descriptors) {
      if (mediaType !== mediaTypes.legacyChart) continue
      this.options.print(`Warning: chart media type ${mediaTypes.legacyChart} is deprecated`)
    }
    const config = descriptors.findLast(({ mediaType }) => mediaType === mediaTypes.config)
    if (config === undefined) {
      throw repoError('REGISTRY', `could not load config with mediatype ${mediaTypes.config}`)
    }
    const layer = descriptors.findLast(({ mediaType }) => wanted.includes(mediaType))
    if (layer === undefined)
      throw repoError('REGISTRY', `manifest does not contain a layer with mediatype ${wanted[0]}`)
    copied.content(root)
    parseJson(Buffer.from(copied.content(config)).toString('utf8'))
    const shown = printOciReference(reference)
    this.report('Pulled', shown, root.digest, shown)
    return copied.content(layer)
  }

  async fetchPlugin(url: string, name: string): Promise<PluginDownload> {
    const reference = parseOciReference(url)
    checkFetchable(reference)
    const manifest = await this.distribution.manifest(reference).catch((error) => {
      throw repoError('REGISTRY', `failed to perform "FetchReference" on source: ${errorText(error)}`, error)
    })
    const { archive, provenance } = pluginLayers(manifest.data, name)
    const data = await this.blob(reference, archive)
    const shown = printOciReference(reference)
    this.options.print(`Pulled plugin: ${shown}`)
    this.options.print(`Digest: ${manifest.descriptor.digest}`)
    if (provenance !== undefined) this.options.print(`Provenance: ${titleOf(provenance)}`)
    return {
      name: titleOf(archive),
      data,
      provenance: provenance === undefined ? undefined : await this.blob(reference, provenance),
    }
  }

  private async blob(reference: OciReference, descriptor: Descriptor): Promise<Uint8Array> {
    let data: Uint8Array
    try {
      data = await this.distribution.fetchBlob(reference, descriptor)
    } catch (error) {
      throw repoError('REGISTRY', `failed to perform "Fetch" on source: ${errorText(error)}`, error)
    }
    try {
      checkContent(data, descriptor)
    } catch (error) {
      throw repoError('DIGEST', `failed to perform "Push" on destination: ${errorText(error)}`, error)
    }
    return data
  }

  async push(path: string, remote: string): Promise<void> {
    const archive = readPushSource(path)
    const { metadata } = archive
    const base = remote.replace(/^oci:\/\//, '').replace(/\/+$/, '')
    const reference = parseOciReference(`${base}/${metadata.name}:${metadata.version}`)
    const artifact = chartArtifact(metadata, archive.data, { provenance: archive.provenance, created: archive.created })
    const digest = artifact.manifest.descriptor.digest
    if (!(await this.distribution.exists(reference, digest))) {
      for (const blob of [artifact.config, ...artifact.layers]) await this.distribution.uploadBlob(reference, blob)
    }
    await this.distribution.uploadManifest(reference, artifact.manifest)
    this.report('Pushed', printOciReference(reference), digest, reference.tag)
  }

  async login(host: string, credential: { readonly username: string; readonly password: string }): Promise<void> {
    if (host.includes('/')) {
      const message = 'registry login currently only supports registry hostname, not a repository path'
      this.options.log({
        level: 'WARN',
        message,
        attributes: [
          ['host', host],
          ['suggested', host.split('/')[0]],
        ],
      })
    }
    checkRegistry(host)
    const transport = this.transportWith(() => credential)
    try {
      const response = await transport.send({ registry: host, method: 'GET', path: '', scopes: [] })
      if (response.status !== 200) throw statusError(response, 'GET', transport.baseUrl(host))
    } catch (error) {
      throw repoError('REGISTRY', `authenticating to "${host}": ${errorText(error)}`, error)
    }
    this.store.save(host, credential)
    this.options.print('Login Succeeded')
  }

  logout(host: string): void {
    this.store.remove(host)
    this.options.print(`Removing login credentials for ${host}`)
  }

  private report(verb: string, shown: string, digest: string, mayHaveUnderscore: string): void {
    this.options.print(`${verb}: ${shown}`)
    this.options.print(`Digest: ${digest}`)
    if (mayHaveUnderscore.includes('_')) {
      this.options.print(`${shown} contains an underscore.`)
      this.options.print(underscoreMessage)
    }
  }
}

/** As oras, which fetches by tag or digest only. */
function checkFetchable(reference: OciReference): void {
  if (reference.tag === '' && reference.digest === '') {
    throw repoError('BAD_REFERENCE', 'failed to perform "FetchReference" on source: invalid reference')
  }
}

function strictVersion(text: string): Version | undefined {
  try {
    return parseStrictVersion(text)
  } catch {
    return undefined
  }
}

function matchingTag(tags: readonly string[], wanted: string): string {
  if (wanted !== '' && tags.includes(wanted)) return wanted
  const constraint = readConstraint(wanted === '' ? '*' : wanted)
  const found = tags.find((tag) => {
    const version = tryVersion(tag)
    return version !== undefined && constraint.check(version)
  })
  if (found === undefined) {
    throw repoError('CHART_NOT_FOUND', `could not locate a version matching provided version string ${wanted}`)
  }
  return found
}
