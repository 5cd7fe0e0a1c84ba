import { repoError } from '../errors.ts'
import type { Descriptor } from './manifest.ts'

const pluginType = 'application/vnd.helm.plugin.v1+json'

/** A layer with its annotations. */
export type PluginLayer = Descriptor & { readonly annotations?: Readonly<Record<string, string>> }

interface PluginManifest {
  readonly artifactType?: string
  readonly config?: { readonly mediaType?: string }
  readonly layers?: readonly PluginLayer[]
}

/** The layers of a manifest that hold a plugin's archive and its provenance. Throws when it is no plugin's. As Helm 4 `registry.processPluginPull`. */
export function pluginLayers(
  data: Uint8Array,
  name: string,
): { readonly archive: PluginLayer; readonly provenance: PluginLayer | undefined } {
  const { artifactType = '', config, layers = [] } = JSON.parse(Buffer.from(data).toString('utf8')) as PluginManifest
  if (artifactType !== '' && artifactType !== pluginType) {
    throw repoError('REGISTRY', `expected artifact type ${pluginType}, got ${artifactType}`)
  }
  if (artifactType === '' && config?.mediaType !== pluginType) {
    const got = config?.mediaType ?? ''
    throw repoError('REGISTRY', `expected config media type ${pluginType} for legacy compatibility, got ${got}`)
  }
  const ending = (end: string): PluginLayer | undefined =>
    layers.find((layer) => titleOf(layer).startsWith(`${name}-`) && titleOf(layer).endsWith(end))
  const archive = ending('.tgz')
  if (archive === undefined) {
    throw repoError('REGISTRY', `required layer matching pattern ${name}-VERSION.tgz not found in manifest`)
  }
  return { archive, provenance: ending('.tgz.prov') }
}

/** The file name that a layer was made from; empty when it is not told. */
export function titleOf(layer: PluginLayer): string {
  return layer.annotations?.['org.opencontainers.image.title'] ?? ''
}
