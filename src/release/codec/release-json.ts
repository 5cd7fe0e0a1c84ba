import type { HookEvent } from '../../manifest/index.ts'
import type { ApplyMethod, HookRun, Release, ReleaseHook, ReleaseStatus } from '../model.ts'
import { isZeroTime } from '../time.ts'
import { chartFromJson, chartToJson } from './chart-json.ts'
import { goJson, type JsonOut, mapFromJson } from './go-json.ts'

/** A release as Helm's `release.Release` in JSON, fields in the order of its struct, empty ones left out. */
export function releaseToJsonOut(release: Release, extra: { readonly resources?: JsonOut } = {}): JsonOut {
  return { ...headToJson(release, extra), ...bodyToJson(release), ...tailToJson(release) }
}

function headToJson(
  { name, info }: Release,
  extra: { readonly resources?: JsonOut } = {},
): { [field: string]: JsonOut; info: JsonOut } {
  return {
    ...some('name', name),
    info: {
      ...time('first_deployed', info.firstDeployed),
      ...time('last_deployed', info.lastDeployed),
      ...time('deleted', info.deleted),
      ...some('description', info.description),
      ...some('status', info.status),
      ...some('notes', info.notes),
      ...(extra.resources === undefined ? {} : { resources: extra.resources }),
    },
  }
}

function bodyToJson({ chart, config, manifest }: Pick<Release, 'chart' | 'config' | 'manifest'>): {
  [field: string]: JsonOut
} {
  return {
    ...(chart === undefined ? {} : { chart: chartToJson(chart) }),
    ...(config === undefined || config.size === 0 ? {} : { config }),
    ...some('manifest', manifest),
  }
}

function tailToJson(release: Release): { [field: string]: JsonOut } {
  return {
    ...(release.hooks.length === 0 ? {} : { hooks: release.hooks.map(hookToJson) }),
    ...(release.version === 0 ? {} : { version: release.version }),
    ...some('namespace', release.namespace),
    ...some('apply_method', release.applyMethod),
  }
}

/** The text of a release's JSON in three parts, to be joined: what changes while it is worked on, and what does not. */
export interface ReleaseJsonParts {
  /** Name and info. */
  readonly head: string
  /** Chart, values and manifest: most of it, and always the same for one revision. */
  readonly body: () => string
  /** Hooks and the rest. */
  readonly tail: string
}

/** The text of `releaseToJsonOut` in its parts. */
export function releaseJsonParts(release: Release): ReleaseJsonParts {
  const { chart, config, manifest } = release
  const body = () => fieldsText(bodyToJson({ chart, config, manifest }))
  return { head: `{${fieldsText(headToJson(release)).slice(1)}`, body, tail: `${fieldsText(tailToJson(release))}}` }
}

/** Fields as JSON members, each with the comma before it. */
function fieldsText(fields: Record<string, JsonOut>): string {
  return Object.entries(fields)
    .map(([name, value]) => `,${goJson(name)}:${goJson(value)}`)
    .join('')
}

function some(field: string, value: string): Record<string, string> {
  return value === '' ? {} : { [field]: value }
}

function time(field: string, value: string): Record<string, string> {
  return isZeroTime(value) ? {} : { [field]: value }
}

function hookToJson(hook: ReleaseHook): JsonOut {
  const list = (field: string, values: readonly string[]): Record<string, JsonOut> =>
    values.length === 0 ? {} : { [field]: [...values] }
  return {
    ...some('name', hook.name),
    ...some('kind', hook.kind),
    ...some('path', hook.path),
    ...some('manifest', hook.manifest),
    ...list('events', hook.events),
    last_run: {
      ...time('started_at', hook.lastRun.startedAt),
      ...time('completed_at', hook.lastRun.completedAt),
      phase: hook.lastRun.phase,
    },
    ...(hook.weight === 0 ? {} : { weight: hook.weight }),
    ...list('delete_policies', hook.deletePolicies),
    ...list('output_log_policies', hook.outputLogPolicies),
  }
}

type Json = Record<string, unknown>

/** Reads the JSON of a record; throws a SyntaxError (or TypeError) when it is damaged. */
export function releaseFromJson(jsonText: string): Release {
  return releaseFromValue(JSON.parse(jsonText) as Json)
}

/** As `releaseFromJson`, of parsed JSON. */
export function releaseFromValue(json: Readonly<Record<string, unknown>>): Release {
  const info = (json.info ?? {}) as Json
  return {
    name: text(json.name),
    info: {
      firstDeployed: text(info.first_deployed),
      lastDeployed: text(info.last_deployed),
      deleted: text(info.deleted),
      description: text(info.description),
      // The record may hold a status of a later version; it is kept as it is.
      status: text(info.status) as ReleaseStatus,
      notes: text(info.notes),
    },
    chart: json.chart === undefined || json.chart === null ? undefined : chartFromJson(json.chart as Json),
    config: typeof json.config === 'object' && json.config !== null ? mapFromJson(json.config) : undefined,
    manifest: text(json.manifest),
    hooks: Array.isArray(json.hooks) ? (json.hooks as Json[]).map(hookFromJson) : [],
    version: typeof json.version === 'number' ? json.version : 0,
    namespace: text(json.namespace),
    labels: {},
    applyMethod: text(json.apply_method) as ApplyMethod,
  }
}

function hookFromJson(json: Json): ReleaseHook {
  const run = (json.last_run ?? {}) as Json
  return {
    name: text(json.name),
    kind: text(json.kind),
    path: text(json.path),
    manifest: text(json.manifest),
    events: texts(json.events) as HookEvent[],
    weight: typeof json.weight === 'number' ? json.weight : 0,
    deletePolicies: texts(json.delete_policies),
    outputLogPolicies: texts(json.output_log_policies),
    lastRun: {
      startedAt: text(run.started_at),
      completedAt: text(run.completed_at),
      phase: text(run.phase) as HookRun['phase'],
    },
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
