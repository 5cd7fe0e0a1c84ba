import { dnsSubdomainProblems, type JsonObject, listAt, stringAt, stringsAt } from '../../../api/index.ts'
import { errorText } from '../../../base/index.ts'
import type { RequestInfo } from '../request-info.ts'
import { isObject } from '../clone.ts'
import type { User } from '../exchange.ts'
import { aggregateText } from '../field-error-text.ts'
import { type Findings, invalid, notSupported, required } from '../validation/findings.ts'
import { parseYaml } from '../yaml.ts'

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const

/** How much is recorded of a request. */
export type AuditLevel = (typeof LEVELS)[number]
/** When an event is recorded. */
export type AuditStage = (typeof STAGES)[number]

/** What a policy says of one request. */
export interface AuditDecision {
  readonly level: AuditLevel
  readonly omitStages: readonly string[]
  readonly omitManagedFields: boolean
}

/** Decides what is recorded. `user` is absent when nobody could be authenticated. */
export type AuditPolicy = (user: User | undefined, info: RequestInfo) => AuditDecision

/** A policy that cannot be used, and why in Kubernetes' words. */
export class AuditPolicyError extends Error {
  constructor(why: string) {
    super(`invalid audit policy: ${why}`)
  }
}

/** Whether one level records at least as much as another. */
export function records(level: AuditLevel, wanted: AuditLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted)
}

/** Reads a policy of audit.k8s.io/v1, in YAML or JSON. Throws AuditPolicyError. */
export function parseAuditPolicy(text: string): AuditPolicy {
  let data: unknown
  try {
    data = parseYaml(text)
  } catch (error) {
    throw new AuditPolicyError(`failed decoding: ${errorText(error)}`)
  }
  const policy = isObject(data) ? (data as JsonObject) : {}
  const [apiVersion, kind] = [stringAt(policy, 'apiVersion'), stringAt(policy, 'kind')]
  if (apiVersion !== 'audit.k8s.io/v1' || kind !== 'Policy') {
    throw new AuditPolicyError(`unknown group version field ${apiVersion}, Kind=${kind} in policy`)
  }
  const rules = listAt(policy, 'rules')
  const findings = [
    ...stageProblems(policy, 'omitStages'),
    ...rules.flatMap((rule, index) => ruleProblems(rule, `rules[${index}]`)),
  ]
  if (findings.length > 0) throw new AuditPolicyError(aggregateText(findings))
  if (rules.length === 0) throw new AuditPolicyError('loaded illegal policy with 0 rules')
  const omitStages = stringsAt(policy, 'omitStages')
  const omitManagedFields = policy.omitManagedFields === true
  return (user, info) => {
    const rule = rules.find((each) => ruleMatches(each, user, info))
    if (rule === undefined) return { level: 'None', omitStages, omitManagedFields }
    return {
      level: stringAt(rule, 'level') as AuditLevel,
      omitStages: [...omitStages, ...stringsAt(rule, 'omitStages')],
      omitManagedFields: typeof rule.omitManagedFields === 'boolean' ? rule.omitManagedFields : omitManagedFields,
    }
  }
}

function ruleProblems(rule: JsonObject, field: string): Findings {
  const out: Findings = []
  const level = stringAt(rule, 'level')
  if (level === '') out.push(required(`${field}.level`))
  else if (!LEVELS.some((each) => each === level)) out.push(notSupported(`${field}.level`, level, LEVELS))
  const urls = stringsAt(rule, 'nonResourceURLs')
  urls.forEach((url, index) => {
    const at = `${field}.nonResourceURLs[${index}]`
    if (url === '*') return
    if (!url.startsWith('/')) out.push(invalid(at, url, "non-resource URL rules must begin with a '/' character"))
    if (url.slice(0, -1).includes('*')) {
      out.push(invalid(at, url, "non-resource URL wildcards '*' must be the final character of the rule"))
    }
  })
  const resources = listAt(rule, 'resources')
  for (const each of resources) {
    const group = stringAt(each, 'group')
    const problems = group === '' || group === '*' ? [] : dnsSubdomainProblems(group)
    if (problems.length > 0) out.push(invalid(`${field}.resources.group`, group, problems.join(',')))
    const names = stringsAt(each, 'resourceNames')
    if (names.length > 0 && stringsAt(each, 'resources').length === 0) {
      const detail = 'using resourceNames requires at least one resource'
      out.push(invalid(`${field}.resources.resourceNames`, names, detail))
    }
  }
  out.push(...stageProblems(rule, `${field}.omitStages`))
  if (urls.length > 0 && (resources.length > 0 || stringsAt(rule, 'namespaces').length > 0)) {
    const detail = 'rules cannot apply to both regular resources and non-resource URLs'
    out.push(invalid(`${field}.nonResourceURLs`, urls, detail))
  }
  return out
}

function stageProblems(source: JsonObject, field: string): Findings {
  return stringsAt(source, 'omitStages').flatMap((stage, index) =>
    STAGES.some((each) => each === stage)
      ? []
      : [invalid(`${field}[${index}]`, stage, `allowed stages are ${STAGES.join(',')}`)],
  )
}

/** Empty lists match everything. */
function ruleMatches(rule: JsonObject, user: User | undefined, info: RequestInfo): boolean {
  const users = stringsAt(rule, 'users')
  if (users.length > 0 && (user === undefined || !users.includes(user.name))) return false
  const groups = stringsAt(rule, 'userGroups')
  if (groups.length > 0 && !groups.some((group) => user?.groups.includes(group))) return false
  const verbs = stringsAt(rule, 'verbs')
  if (verbs.length > 0 && !verbs.includes(info.verb)) return false
  const [namespaces, resources] = [stringsAt(rule, 'namespaces'), listAt(rule, 'resources')]
  if (namespaces.length > 0 || resources.length > 0) {
    if (!info.isResource) return false
    if (namespaces.length > 0 && !namespaces.includes(info.namespace)) return false
    return resources.length === 0 || resources.some((each) => resourceMatches(each, info))
  }
  const urls = stringsAt(rule, 'nonResourceURLs')
  return urls.length === 0 || (!info.isResource && urls.some((url) => urlMatches(url, info.path)))
}

function resourceMatches(rule: JsonObject, { group, resource, subresource, name }: RequestInfo): boolean {
  const wanted = stringAt(rule, 'group')
  if (wanted !== group && wanted !== '*') return false
  const resources = stringsAt(rule, 'resources')
  if (resources.length === 0) return true
  const names = stringsAt(rule, 'resourceNames')
  if (names.length > 0 && !names.includes(name)) return false
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  const all = [full, '*', `${resource}/*`, ...(subresource === '' ? [] : [`*/${subresource}`])]
  return resources.some((each) => all.includes(each))
}

function urlMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''))
}
