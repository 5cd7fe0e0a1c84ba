import { quote } from '../../go/index.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'

/** Why the name of an object is none that Kubernetes accepts for its kind; undefined when it is fine. */
export function nameProblem(kind: string, name: string): string | undefined {
  const problems = checkerOf(kind)(name).map((problem) => `metadata.name: Invalid value: ${quote(name)}: ${problem}`)
  if (problems.length === 0) return undefined
  const joined = problems.length === 1 ? problems[0] : `[${[...new Set(problems)].join(', ')}]`
  return `object name does not conform to Kubernetes naming requirements: ${quote(name)}: ${joined}`
}

function checkerOf(kind: string): (name: string) => string[] {
  switch (kind.toLowerCase()) {
    case 'service':
      return isLabel1035
    case 'namespace':
      return isLabel
    case 'certificatesigningrequest':
      return () => []
    case 'role':
    case 'clusterrole':
    case 'rolebinding':
    case 'clusterrolebinding':
      return isPathSegment
    default:
      return isSubdomain
  }
}

function isSubdomain(name: string): string[] {
  const problems = tooLong(name, 253)
  if (!new RegExp(`^${subdomain}$`).test(name)) {
    problems.push(
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
    )
  }
  return problems
}

function isLabel(name: string): string[] {
  const problems = tooLong(name, 63)
  if (new RegExp(`^${label}$`).test(name)) return problems
  const text = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`
  problems.push(new RegExp(`^${subdomain}$`).test(name) ? 'must not contain dots' : text)
  return problems
}

function isLabel1035(name: string): string[] {
  const problems = tooLong(name, 63)
  if (!new RegExp(`^${label1035}$`).test(name)) {
    problems.push(
      `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
    )
  }
  return problems
}

function isPathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

function tooLong(name: string, limit: number): string[] {
  return Buffer.byteLength(name) > limit ? [`must be no more than ${limit} characters`] : []
}
