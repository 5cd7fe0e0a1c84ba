import { dnsLabelProblems, dnsSubdomainProblems } from '../../../api/index.ts'
import { type Findings, invalid, required, tooLong } from './findings.ts'

const DOMAIN_LIMIT = 253
const NAME_LIMIT = DOMAIN_LIMIT + 1 + DOMAIN_LIMIT + 1 + 63

/** Checks the name of a certificate signer: a domain of two labels or more, a slash, and a path. */
export function validateSignerName(name: string, field: string): Findings {
  if (name === '') return [required(field)]
  const segments = name.split('/')
  const [domain = '', path = ''] = segments
  if (segments.length !== 2) {
    return [invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  }
  const out: Findings = Buffer.byteLength(domain) > DOMAIN_LIMIT ? [tooLong(field, DOMAIN_LIMIT)] : []
  const labels = domain.split('.')
  out.push(...firstProblems(labels, domain, field, dnsLabelProblems))
  if (labels.length < 2) {
    out.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'))
  }
  out.push(...firstProblems(path.split('.'), path, field, dnsSubdomainProblems))
  if (Buffer.byteLength(name) > NAME_LIMIT) out.push(tooLong(field, NAME_LIMIT))
  return out
}

/** The problems of the first label that has any. */
function firstProblems(
  labels: readonly string[],
  whole: string,
  field: string,
  rule: (label: string) => string[],
): Findings {
  for (const label of labels) {
    const problems = rule(label)
    if (problems.length === 0) continue
    return problems.map((problem) => invalid(field, whole, `validating label ${JSON.stringify(label)}: ${problem}`))
  }
  return []
}
