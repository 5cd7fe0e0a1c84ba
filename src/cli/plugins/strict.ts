import { emitYamlFromJson, parseYaml, type YamlPositions } from '../../encoding/index.ts'
import { commandFailed } from '../errors.ts'

/** What a plugin.yaml of version 1 may hold. */
const metadataFields = ['apiVersion', 'name', 'type', 'runtime', 'version', 'sourceURL', 'config', 'runtimeConfig']

/** What `config` may hold, by the plugin's type, and what Helm calls it. */
const configs: Readonly<Record<string, { readonly goType: string; readonly fields: readonly string[] }>> = {
  'cli/v1': { goType: 'schema.ConfigCLIV1', fields: ['usage', 'shortHelp', 'longHelp', 'ignoreFlags'] },
  'getter/v1': { goType: 'schema.ConfigGetterV1', fields: ['protocols'] },
  'postrenderer/v1': { goType: 'schema.ConfigPostRendererV1', fields: [] },
  'test/v1': { goType: 'schema.ConfigTestV1', fields: [] },
}

/** The types of plugins that Helm 4 knows. */
export const pluginTypes = Object.keys(configs)

/** Throws when a plugin.yaml has no document, or one that is no map, as go-yaml words it. */
export function checkRoot(source: string, value: unknown): void {
  const lines = source.split('\n')
  const first = lines.findIndex((line) => !/^\s*(#|---\s*$|$)/.test(line))
  if (first < 0 && !lines.some((line) => line.startsWith('---'))) throw commandFailed('EOF')
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return
  throw unmarshalErrors([`line ${first + 1}: cannot unmarshal ${described(value)} into plugin.apiVersion`])
}

/** Version 1 is read strictly: the fields that it does not know are named with their lines. */
export function checkMetadataFields(source: string): void {
  const unknown = unknownFields(source, metadataFields, 'plugin.MetadataV1')
  if (unknown.length > 0) throw unmarshalErrors(unknown)
}

/** As Helm's `unmarshalConfig`, which writes `config` anew before it is read strictly: lines count within it. */
export function checkConfigFields(type: string, config: Readonly<Record<string, unknown>>): void {
  const known = configs[type]
  if (known === undefined) return
  const unknown = unknownFields(emitYamlFromJson(config), known.fields, known.goType)
  if (unknown.length > 0) throw unmarshalErrors(unknown)
}

function unknownFields(source: string, known: readonly string[], goType: string): string[] {
  const positions: YamlPositions = new WeakMap()
  const root = parseYaml(source, { target: 'map', positions })
  if (!(root instanceof Map)) return []
  const places = positions.get(root)
  return [...root.keys()]
    .map(String)
    .filter((name) => !known.includes(name))
    .map((name) => `line ${places?.get(name)?.line ?? 1}: field ${name} not found in type ${goType}`)
}

function unmarshalErrors(lines: readonly string[]): Error {
  return commandFailed(`yaml: unmarshal errors:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}

function described(value: unknown): string {
  if (Array.isArray(value)) return '!!seq'
  const tag = typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'str' : 'int'
  const text = String(value)
  return `!!${tag} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``
}
