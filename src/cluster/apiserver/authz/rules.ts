import type { Attributes } from './attributes.ts'

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** Whether a rule allows an action. As rbac.RuleAllows. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false
  if (!attributes.isResource) return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, attributes.path))
  const names = rule.resourceNames ?? []
  return (
    has(rule.apiGroups, attributes.group) &&
    resourceMatches(rule.resources ?? [], attributes) &&
    (names.length === 0 || names.includes(attributes.name))
  )
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value))
}

function resourceMatches(resources: readonly string[], attributes: Attributes): boolean {
  const { resource, subresource } = attributes
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  return resources.some((each) => {
    if (each === '*' || each === full) return true
    return subresource !== '' && each === `*/${subresource}`
  })
}

function urlMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''))
}

/** Whether `owned` covers everything that `wanted` grants (one verb, group, resource and name at a time). */
export function rulesCover(owned: readonly PolicyRule[], wanted: PolicyRule): boolean {
  return breakDown(wanted).every((single) => owned.some((rule) => covers(rule, single)))
}

/** A rule as rules that name one thing each. */
function breakDown(rule: PolicyRule): PolicyRule[] {
  const single: PolicyRule[] = []
  for (const verb of rule.verbs ?? []) {
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const base = { verbs: [verb], apiGroups: [group], resources: [resource] }
        const names = rule.resourceNames ?? []
        if (names.length === 0) single.push(base)
        else for (const name of names) single.push({ ...base, resourceNames: [name] })
      }
    }
    for (const url of rule.nonResourceURLs ?? []) single.push({ verbs: [verb], nonResourceURLs: [url] })
  }
  return single
}

function covers(owned: PolicyRule, single: PolicyRule): boolean {
  const all = (mine: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean =>
    (wanted ?? []).every((value) => has(mine, value))
  if (!all(owned.verbs, single.verbs)) return false
  if ((single.nonResourceURLs ?? []).length > 0) {
    return (single.nonResourceURLs ?? []).every((url) =>
      (owned.nonResourceURLs ?? []).some((mine) => urlMatches(mine, url)),
    )
  }
  const names = owned.resourceNames ?? []
  const wantedNames = single.resourceNames ?? []
  const namesFit = names.length === 0 || (wantedNames.length > 0 && wantedNames.every((name) => names.includes(name)))
  return all(owned.apiGroups, single.apiGroups) && coversResource(owned, single) && namesFit
}

function coversResource(owned: PolicyRule, single: PolicyRule): boolean {
  return (single.resources ?? []).every((resource) => {
    const mine = owned.resources ?? []
    if (mine.includes('*') || mine.includes(resource)) return true
    const slash = resource.indexOf('/')
    return slash >= 0 && mine.includes(`*${resource.slice(slash)}`)
  })
}
