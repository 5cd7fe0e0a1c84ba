import type { HookEvent } from '../../manifest/index.ts'
import type { ApplyMethod, HookRun, Release, ReleaseHook, ReleaseStatus } from '../model.ts'
import { isZeroTime } from '../time.ts'
import { chartFromJson, chartToJson } from './chart-json.ts'
import { goJson, type JsonOut, mapFromJson } from './go-json.ts'

/** A release as Helm's `release.Release` in JSON, fields in the order of its struct, empty ones left out. */
export function releaseToJsonOut(release: Release, extra: { readonly resources?: JsonOut } = {}): JsonOut {
  const { info } = release
  return {
    ...some('name', release.name),
    info: {
      ...time('first_deployed', info.firstDeployed),
      ...time('last_deployed', info.lastDeployed),
      ...time('deleted', info.deleted),
      ...some('description', info.description),
      ...some('status', info.status),
      ...some('notes', info.notes),
      ...(extra.resources === undefined ? {} : { resources: extra.resources }),
    },
    ...(release.chart === undefined ? {} : { chart: chartToJson(release.chart) }),
    ...(release.config === undefined || release.config.size === 0 ? {} : { config: release.config }),
    ...some('manifest', release.manifest),
    ...(release.hooks.length === 0 ? {} : { hooks: release.hooks.map(hookToJson) }),
    ...(release.version === 0 ? {} : { version: release.version }),
    ...some('namespace', release.namespace),
    ...some('apply_method', release.applyMethod),
  }
}

/** The text of `releaseToJsonOut`. */
export function releaseToJson(release: Release): string {
  return goJson(releaseToJsonOut(release))
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
  const json = JSON.parse(jsonText) as Json
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
