import { createHash } from 'node:crypto'
import { type Metadata, metadataRecord } from '../../chart/index.ts'
import { type PrintedValue, printStructJson } from '../struct-json.ts'

/** Media types of a chart in a registry. */
export const mediaTypes = {
  config: 'application/vnd.cncf.helm.config.v1+json',
  chart: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  legacyChart: 'application/tar+gzip',
  provenance: 'application/vnd.cncf.helm.chart.provenance.v1.prov',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
} as const

/** What a manifest says about a blob. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** A blob to upload. */
export interface Blob {
  readonly descriptor: Descriptor
  readonly data: Uint8Array
}

/** Everything that a push uploads. */
export interface ChartArtifact {
  readonly config: Blob
  readonly layers: readonly Blob[]
  readonly manifest: Blob
}

/** Builds config, layers and manifest of a chart; layers are sorted by digest. As Helm 4 `registry.Client.Push`. */
export function chartArtifact(
  metadata: Metadata,
  chart: Uint8Array,
  options: { readonly provenance: Uint8Array | undefined; readonly created: string },
): ChartArtifact {
  const config = blobOf(mediaTypes.config, Buffer.from(printStructJson(metadataRecord(metadata))))
  const layers = [blobOf(mediaTypes.chart, chart)]
  if (options.provenance !== undefined) layers.push(blobOf(mediaTypes.provenance, options.provenance))
  layers.sort((a, b) => (a.descriptor.digest < b.descriptor.digest ? -1 : 1))
  const manifest: PrintedValue = {
    schemaVersion: 2,
    config: { ...config.descriptor },
    layers: layers.map((layer) => ({ ...layer.descriptor })),
    annotations: annotationsOf(metadata, options.created),
  }
  return { config, layers, manifest: blobOf(mediaTypes.manifest, Buffer.from(printStructJson(manifest))) }
}

/** `sha256:…` of data. */
export function digestOf(data: Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`
}

function blobOf(mediaType: string, data: Uint8Array): Blob {
  return { descriptor: { mediaType, digest: digestOf(data), size: data.length }, data }
}

/** Annotations of the manifest, sorted: those of OCI from Chart.yaml, then the chart's own (title and version stay). */
function annotationsOf(metadata: Metadata, created: string): Record<string, string> {
  const prefix = 'org.opencontainers.image.'
  const annotations = new Map<string, string>()
  const add = (name: string, value: string): void => {
    if (value.trim() !== '') annotations.set(prefix + name, value)
  }
  add('description', metadata.description)
  add('title', metadata.name)
  add('version', metadata.version)
  add('url', metadata.home)
  add('created', created)
  add('source', metadata.sources?.[0] ?? '')
  const authors = (metadata.maintainers ?? []).map((person) => {
    const email = person?.email ?? ''
    return `${person?.name ?? ''}${email === '' ? '' : ` (${email})`}`
  })
  add('authors', authors.join(', '))
  for (const [key, value] of metadata.annotations ?? []) {
    if (key !== `${prefix}version` && key !== `${prefix}title`) annotations.set(key, value)
  }
  return Object.fromEntries([...annotations].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
}
