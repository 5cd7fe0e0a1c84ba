import { dnsSubdomainProblems, regexProblem } from '../../../api/index.ts'
import { type Findings, invalid, invalidEach, required } from './findings.ts'

const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** Checks a name such as `acme.io/foo`: a domain, a slash, and a path. */
export function validateDomainPath(name: string, field: string): Findings {
  if (name === '') return [required(field)]
  const slash = name.indexOf('/')
  const host = name.slice(0, slash)
  const path = name.slice(slash + 1)
  if (slash <= 0 || path === '') {
    return [invalid(field, name, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  const out = invalidEach(field, host, dnsSubdomainProblems(host))
  if (!new RegExp(`^${PATH}$`).test(path)) out.push(invalid(field, path, regexProblem('Invalid path', PATH)))
  return out
}
