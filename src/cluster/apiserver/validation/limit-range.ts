import {
  compareQuantities,
  formatQuantity,
  type JsonObject,
  type KubeObject,
  listAt,
  mapAt,
  parseQuantity,
  qualifiedNameProblems,
  type Quantity,
  stringAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach, required } from './findings.ts'
import { validateContainerResourceName, validateResourceName } from './resources.ts'

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

/** Checks a LimitRange: per resource, minimum, defaults and maximum must be in order. */
export function validateLimitRange(object: KubeObject): Findings {
  const out: Findings = []
  const types = new Set<string>()
  listAt(object.spec, 'limits').forEach((limit, index) => {
    const at = `spec.limits[${index}]`
    const type = stringAt(limit, 'type')
    const problems = qualifiedNameProblems(type)
    out.push(...invalidEach(`${at}.type`, type, problems))
    if (problems.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type)) {
      out.push(invalid(`${at}.type`, type, 'must be a standard limit type or fully qualified'))
    }
    if (types.has(type)) out.push({ type: 'Duplicate', field: `${at}.type`, detail: '', value: type })
    types.add(type)
    if (type === 'Pod') {
      for (const key of ['default', 'defaultRequest']) {
        if (Object.keys(mapAt(limit, key)).length > 0) {
          out.push(forbidden(`${at}.${key}`, "may not be specified when `type` is 'Pod'"))
        }
      }
    }
    if (type === 'PersistentVolumeClaim' && !mapAt(limit, 'min').storage && !mapAt(limit, 'max').storage) {
      out.push(
        required(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided'),
      )
    }
    const keys = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']
    for (const key of keys) {
      if (type === 'Pod' && key.startsWith('default')) continue
      const rule = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName
      for (const name of Object.keys(mapAt(limit, key))) out.push(...rule(name, `${at}.${key}[${name}]`))
    }
    const names = new Set(keys.flatMap((key) => Object.keys(mapAt(limit, key))))
    for (const name of names) out.push(...validateLimits(limit, name, at))
  })
  return out
}

function validateLimits(limit: JsonObject, name: string, field: string): Findings {
  const read = (key: string): Quantity | undefined => {
    const text = mapAt(limit, key)[name]
    return text === undefined ? undefined : parseQuantity(text)
  }
  const out: Findings = []
  const min = read('min')
  const max = read('max')
  const fallback = read('default')
  const request = read('defaultRequest')
  const ratio = read('maxLimitRequestRatio')
  const print = formatQuantity
  const above = (a: Quantity | undefined, b: Quantity | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0
  const check = (
    pair: readonly [a: Quantity | undefined, b: Quantity | undefined],
    key: string,
    value: Quantity | undefined,
    text: (a: string, b: string) => string,
  ): void => {
    const [a, b] = pair
    if (a && b && value && above(a, b))
      out.push(invalid(`${field}.${key}[${name}]`, print(value), text(print(a), print(b))))
  }
  check([min, max], 'min', min, (a, b) => `min value ${a} is greater than max value ${b}`)
  check(
    [min, request],
    'defaultRequest',
    request,
    (a, b) => `min value ${a} is greater than default request value ${b}`,
  )
  check(
    [request, max],
    'defaultRequest',
    request,
    (a, b) => `default request value ${a} is greater than max value ${b}`,
  )
  check(
    [request, fallback],
    'defaultRequest',
    request,
    (a, b) => `default request value ${a} is greater than default limit value ${b}`,
  )
  check([min, fallback], 'default', min, (a, b) => `min value ${a} is greater than default value ${b}`)
  check([fallback, max], 'default', max, (a, b) => `default value ${a} is greater than max value ${b}`)
  if (ratio && ratio.nano < 1_000_000_000n) {
    out.push(invalid(`${field}.maxLimitRequestRatio[${name}]`, print(ratio), `ratio ${print(ratio)} is less than 1`))
  }
  if (ratio && min && max && min.nano !== 0n) {
    const limitRatio = Number(max.nano) / Number(min.nano)
    if (Number(ratio.nano) / 1e9 > limitRatio) {
      const text = `ratio ${print(ratio)} is greater than max/min = ${limitRatio.toFixed(6)}`
      out.push(invalid(`${field}.maxLimitRequestRatio[${name}]`, print(ratio), text))
    }
  }
  if (!allowsOvercommit(name) && fallback && request && compareQuantities(fallback, request) !== 0) {
    const text = `default value ${print(fallback)} must equal to defaultRequest value ${print(request)} in ${name}`
    out.push(invalid(`${field}.defaultRequest[${name}]`, print(request), text))
  }
  return out
}

/** Whether a limit may exceed the request: of Kubernetes' own resources other than huge pages. */
function allowsOvercommit(name: string): boolean {
  const native = !name.includes('/') || name.includes('kubernetes.io/')
  return native && !name.startsWith('hugepages-')
}
