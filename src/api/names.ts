/**
 * The name rules of Kubernetes. Each function returns the texts of what is wrong, none when all is well; several may
 * apply at once. As apimachinery's util/validation.
 */
type Problems = string[]

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const UNDERSCORE_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const UNDERSCORE_SUBDOMAIN = `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`
const DNS1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'})?`
const WILDCARD = `\\*\\.${SUBDOMAIN}`
const CONFIG_KEY = '[-._a-zA-Z0-9]+'
const HEADER = '[-A-Za-z0-9]+'

const patterns = new Map<string, RegExp>()

function matches(pattern: string, value: string): boolean {
  let compiled = patterns.get(pattern)
  if (!compiled) {
    compiled = new RegExp(`^(?:${pattern})$`)
    patterns.set(pattern, compiled)
  }
  return compiled.test(value)
}

/** The text of a pattern that does not match, with examples. */
export function regexProblem(text: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${text} (regex used for validation is '${pattern}')`
  return `${text} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`
}

function tooLong(value: string, limit: number, unit = 'characters'): Problems {
  return Buffer.byteLength(value) > limit ? [`must be no more than ${limit} ${unit}`] : []
}

/** A DNS label in lower case: `my-name`. */
export function dnsLabelProblems(value: string): Problems {
  const problems = tooLong(value, 63)
  if (matches(LABEL, value)) return problems
  if (matches(SUBDOMAIN, value)) return [...problems, 'must not contain dots']
  const text =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
  return [...problems, regexProblem(text, LABEL, 'my-name', '123-abc')]
}

/** A DNS subdomain in lower case: `example.com`. The name of most objects. */
export function dnsSubdomainProblems(value: string): Problems {
  const problems = tooLong(value, 253)
  if (matches(SUBDOMAIN, value)) return problems
  const text =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
  return [...problems, regexProblem(text, SUBDOMAIN, 'example.com')]
}

/** A DNS subdomain whose labels may hold and begin with underscores, as search domains may. */
export function underscoreSubdomainProblems(value: string): Problems {
  const problems = tooLong(value, 253)
  if (matches(UNDERSCORE_SUBDOMAIN, value)) return problems
  const text =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
  return [...problems, regexProblem(text, UNDERSCORE_SUBDOMAIN, 'example.com')]
}

/** A DNS label that starts with a letter. */
export function dns1035LabelProblems(value: string): Problems {
  const problems = tooLong(value, 63)
  if (matches(DNS1035, value)) return problems
  const text =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
  return [...problems, regexProblem(text, DNS1035, 'my-name', 'abc-123')]
}

/** A subdomain with a wildcard in front: `*.example.com`. */
export function wildcardDomainProblems(value: string): Problems {
  const problems = tooLong(value, 253)
  if (matches(WILDCARD, value)) return problems
  const text =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
  return [...problems, regexProblem(text, WILDCARD, '*.example.com')]
}

const NAME_PART =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const NAME_EXAMPLES = ['MyName', 'my.name', '123-abc']

/** The key of a label or annotation: `name` or `example.com/name`. */
export function qualifiedNameProblems(value: string): Problems {
  const parts = value.split('/')
  const problems: Problems = []
  if (parts.length > 2) {
    const text = regexProblem(`a valid label key ${NAME_PART}`, QUALIFIED, ...NAME_EXAMPLES)
    return [`${text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts[parts.length - 1] ?? ''
  const [prefix = ''] = parts
  if (parts.length === 2) {
    if (prefix === '') problems.push('prefix part must be non-empty')
    else problems.push(...dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`))
  }
  if (name === '') problems.push('name part must be non-empty')
  else problems.push(...tooLong(name, 63, 'bytes').map((problem) => `name part ${problem}`))
  if (!matches(QUALIFIED, name)) problems.push(`name part ${regexProblem(NAME_PART, QUALIFIED, ...NAME_EXAMPLES)}`)
  return problems
}

/** The value of a label; empty is fine. */
export function labelValueProblems(value: string): Problems {
  const problems = tooLong(value, 63, 'bytes')
  if (matches(LABEL_VALUE, value)) return problems
  const text =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  return [...problems, regexProblem(text, LABEL_VALUE, 'MyValue', 'my_value', '12345')]
}

/** A key of a ConfigMap or Secret. */
export function configKeyProblems(value: string): Problems {
  const problems = tooLong(value, 253)
  if (!matches(CONFIG_KEY, value)) {
    const text = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    problems.push(regexProblem(text, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'))
  }
  if (value === '.') problems.push("must not be '.'")
  else if (value === '..') problems.push("must not be '..'")
  else if (value.startsWith('..')) problems.push("must not start with '..'")
  return problems
}

/** The name of an environment variable. */
export function environmentNameProblems(value: string): Problems {
  const problems: Problems = value === '' ? ['environment variable name must be non-empty'] : []
  if (/[^\x20-\x7e]|=/.test(value)) {
    problems.push("a valid environment variable name must consist only of printable ASCII characters other than '='")
  }
  return problems
}

/** A port's number. */
export function portNumberProblems(value: number): Problems {
  return value >= 1 && value <= 65535 ? [] : [rangeProblem(1, 65535)]
}

/** A port's name: at most 15 characters, with a letter. */
export function portNameProblems(value: string): Problems {
  const problems = tooLong(value, 15)
  if (!/^[-a-z0-9]+$/.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)')
  if (value.includes('--')) problems.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

/** A percentage such as `25%`. */
export function percentProblems(value: string): Problems {
  if (/^[0-9]+%$/.test(value)) return []
  return [
    regexProblem("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%'),
  ]
}

/** The name of an HTTP header. */
export function headerNameProblems(value: string): Problems {
  if (matches(HEADER, value)) return []
  return [regexProblem("a valid HTTP header must consist of alphanumeric characters or '-'", HEADER, 'X-Header-Name')]
}

/** A name that may stand in a URL path (RBAC, CRs). */
export function pathSegmentProblems(value: string): Problems {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%'].filter((char) => value.includes(char)).map((char) => `may not contain '${char}'`)
}

/** The text of a number outside its range. */
export function rangeProblem(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}
