import { type JsonObject, stringsAt, valueAt } from '../../../api/index.ts'
import { type Findings, invalid, notSupported, required } from './findings.ts'

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']

/** Checks a rule of a webhook or policy: which operations on which resources. */
export function validateRule(rule: JsonObject, field: string): Findings {
  const out: Findings = []
  const operations = stringsAt(rule, 'operations')
  if (operations.length === 0) out.push(required(`${field}.operations`))
  if (operations.length > 1 && operations.includes('*')) {
    out.push(invalid(`${field}.operations`, operations, "if '*' is present, must not specify other operations"))
  }
  operations.forEach((operation, index) => {
    if (!OPERATIONS.includes(operation)) out.push(notSupported(`${field}.operations[${index}]`, operation, OPERATIONS))
  })
  for (const [key, what] of [
    ['apiGroups', 'API groups'],
    ['apiVersions', 'API versions'],
  ] as const) {
    const values = stringsAt(rule, key)
    if (values.length === 0) out.push(required(`${field}.${key}`))
    if (values.length > 1 && values.includes('*')) {
      out.push(invalid(`${field}.${key}`, values, `if '*' is present, must not specify other ${what}`))
    }
    values.forEach((value, index) => {
      if (value === '' && key === 'apiVersions') out.push(required(`${field}.${key}[${index}]`))
    })
  }
  out.push(...validateResources(stringsAt(rule, 'resources'), `${field}.resources`))
  const scope = valueAt(rule, 'scope')
  if (scope !== undefined && !SCOPES.includes(String(scope))) out.push(notSupported(`${field}.scope`, scope, SCOPES))
  return out
}

/** Resources and sub-resources (`pods`, `pods/status`, with `*` for any), of which none may cover another. */
function validateResources(resources: readonly string[], field: string): Findings {
  const out: Findings = resources.length === 0 ? [required(field)] : []
  const covered = new Set<string>()
  let plain = false
  resources.forEach((each, index) => {
    if (each === '') out.push(required(`${field}[${index}]`))
    const slash = each.indexOf('/')
    if (each === '' || slash < 0) {
      if (each !== '') plain = each !== '*'
      return
    }
    const resource = each.slice(0, slash)
    const sub = each.slice(slash + 1)
    for (const cover of [`${resource}/*`, `*/${sub}`]) {
      if (!covered.has(cover)) continue
      out.push(invalid(`${field}[${index}]`, each, `if '${cover}' is present, must not specify ${each}`))
    }
    if (resource === '*' || sub === '*') covered.add(each)
  })
  if (resources.length > 1 && resources.includes('*/*')) {
    out.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (resources.includes('*') && plain) {
    const text = "if '*' is present, must not specify other resources without subresources"
    out.push(invalid(field, resources, text))
  }
  return out
}
