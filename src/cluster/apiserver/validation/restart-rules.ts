import { type JsonObject, listAt, objectAt, stringAt, valueAt } from '../../../api/index.ts'
import { duplicate, type Findings, invalid, notSupported, required, tooMany } from './findings.ts'

const POLICIES = ['Always', 'Never', 'OnFailure']
const ACTIONS = ['Restart', 'RestartAllContainers']
const OPERATORS = ['In', 'NotIn']

/** Checks a container's own restart policy and its rules by exit code. */
export function validateRestartRules(container: JsonObject, field: string, isInit = false): Findings {
  const out: Findings = []
  const policy = valueAt(container, 'restartPolicy')
  const rules = listAt(container, 'restartPolicyRules')
  const at = `${field}.restartPolicy`
  if (policy === undefined) {
    if (rules.length > 0) out.push(required(at, 'must specify restartPolicy when restart rules are used'))
  } else if (!POLICIES.includes(String(policy))) out.push(notSupported(at, policy, POLICIES))
  if (policy === undefined && (isInit || rules.length === 0)) return out
  if (rules.length > 20) out.push(tooMany(`${field}.restartPolicyRules`, rules.length, 20))
  rules.forEach((rule, index) => {
    out.push(...validateRule(rule, `${field}.restartPolicyRules[${index}]`))
  })
  return out
}

function validateRule(rule: JsonObject, field: string): Findings {
  const out: Findings = []
  const action = stringAt(rule, 'action')
  if (!ACTIONS.includes(action)) out.push(notSupported(`${field}.action`, action, ACTIONS))
  const codes = objectAt(rule, 'exitCodes')
  if (!codes) return [...out, required(`${field}.exitCodes`, 'must be specified')]
  const operator = stringAt(codes, 'operator')
  if (!OPERATORS.includes(operator)) out.push(notSupported(`${field}.exitCodes.operator`, operator, OPERATORS))
  const count = listAt(codes, 'values').length
  if (count > 255) out.push(tooMany(`${field}.exitCodes.values`, count, 255))
  return out
}

const RESIZABLE = ['cpu', 'memory']
const RESTARTS = ['NotRequired', 'RestartContainer']

/** Checks what happens to a container when its resources are changed. Findings carry no index, as in Kubernetes. */
export function validateResizePolicies(
  policies: readonly JsonObject[],
  field: string,
  podRestartPolicy: string,
): Findings {
  const out: Findings = []
  const seen = new Set<string>()
  const oneOf = (value: string, allowed: readonly string[]): Findings => {
    if (value === '') return [required(field)]
    return allowed.includes(value) ? [] : [notSupported(field, value, allowed)]
  }
  policies.forEach((policy, index) => {
    const resource = stringAt(policy, 'resourceName')
    const restart = stringAt(policy, 'restartPolicy')
    if (seen.has(resource)) out.push(duplicate(`${field}[${index}]`, resource))
    seen.add(resource)
    out.push(...oneOf(resource, RESIZABLE), ...oneOf(restart, RESTARTS))
    if (podRestartPolicy === 'Never' && restart !== 'NotRequired') {
      out.push(invalid(field, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    }
  })
  return out
}
