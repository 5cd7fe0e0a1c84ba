import { dependenciesToJson, getMetadata, goJson, type JsonOut, type ReleaseMetadata } from '../../../release/index.ts'
import { emitYamlFromJson } from '../../../encoding/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { outputFlag } from '../../flags/output.ts'
import { withSession } from '../release/session.ts'
import { completeRelease, revisionFlag } from './content.ts'

/** `get metadata` */
export const getMetadataCommand = defineCommand({
  path: 'get metadata',
  usage: 'RELEASE_NAME',
  description: 'Shows facts about a release: chart and versions, labels, state, and how it was applied.',
  examples: '$0 get metadata web\n$0 get metadata web -o json',
  args: exactArgs(1),
  flags: { output: outputFlag, revision: revisionFlag },
  complete: completeRelease,
  async run(ctx, [name = ''], flags) {
    const request = { name, revision: flags.revision }
    const metadata = await withSession(ctx, ({ ports }) => getMetadata(ports, request, ctx.signal))
    if (flags.output === 'table') return ctx.print(metadataText(metadata))
    const json = goJson(metadataToJson(metadata))
    ctx.print(flags.output === 'json' ? `${json}\n` : emitYamlFromJson(JSON.parse(json)))
  },
})

function metadataText(metadata: ReleaseMetadata): string {
  const names = metadata.dependencies.flatMap((one) => (one === null ? [] : [one.name])).sort()
  return `${[
    `NAME: ${metadata.name}`,
    `CHART: ${metadata.chart}`,
    `VERSION: ${metadata.version}`,
    `APP_VERSION: ${metadata.appVersion}`,
    `ANNOTATIONS: ${labelSetText(metadata.annotations)}`,
    `LABELS: ${labelSetText(new Map(Object.entries(metadata.labels)))}`,
    `DEPENDENCIES: ${names.join(',')}`,
    `NAMESPACE: ${metadata.namespace}`,
    `REVISION: ${metadata.revision}`,
    `STATUS: ${metadata.status}`,
    `DEPLOYED_AT: ${metadata.deployedAt}`,
    `APPLY_METHOD: ${applyMethodText(metadata.applyMethod)}`,
  ].join('\n')}\n`
}

/** As apimachinery's labels.Set: `a=b,c=d`, sorted. */
function labelSetText(labels: ReadonlyMap<string, string>): string {
  return [...labels]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
}

function applyMethodText(method: string): string {
  if (method === '') return 'client-side apply (defaulted)'
  if (method === 'csa') return 'client-side apply'
  return method === 'ssa' ? 'server-side apply' : `unknown (${JSON.stringify(method)})`
}

function metadataToJson(metadata: ReleaseMetadata): JsonOut {
  const { annotations, labels, dependencies } = metadata
  const map = (entries: ReadonlyMap<string, string>): JsonOut => new Map(entries)
  return {
    name: metadata.name,
    chart: metadata.chart,
    version: metadata.version,
    appVersion: metadata.appVersion,
    ...(annotations.size === 0 ? {} : { annotations: map(annotations) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels: map(new Map(Object.entries(labels))) }),
    ...(dependencies.length === 0 ? {} : { dependencies: dependenciesToJson(dependencies) }),
    namespace: metadata.namespace,
    revision: metadata.revision,
    status: metadata.status,
    deployedAt: metadata.deployedAt,
    ...(metadata.applyMethod === '' ? {} : { applyMethod: metadata.applyMethod }),
  }
}
