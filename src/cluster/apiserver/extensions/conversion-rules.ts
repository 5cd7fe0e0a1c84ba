import type { FieldError, JsonObject } from '../../../api/index.ts'
import { boolAt, dns1035LabelProblems, objectAt, stringAt, stringsAt } from '../../../api/index.ts'
import { forbidden, invalid, required } from '../validation/findings.ts'
import { validateClientConfig } from '../validation/webhook.ts'

const REVIEW_VERSIONS = ['v1', 'v1beta1']

/** What is wrong with how a definition converts between its versions. */
export function conversionProblems(spec: JsonObject | undefined, established: boolean): FieldError[] {
  const conversion = objectAt(spec, 'conversion')
  if (conversion === undefined) return []
  const field = 'spec.conversion'
  const strategy = stringAt(conversion, 'strategy')
  const errors: FieldError[] = []
  const supported = ['None', 'Webhook']
  if (strategy === '') errors.push(required(`${field}.strategy`))
  else if (!supported.includes(strategy)) {
    errors.push({ type: 'NotSupported', field: `${field}.strategy`, value: strategy, detail: '', supported })
  }
  if (strategy !== '' && strategy !== 'None' && boolAt(spec, 'preserveUnknownFields')) {
    errors.push(invalid(`${field}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true'))
  }
  const webhook = objectAt(conversion, 'webhook')
  const client = objectAt(webhook, 'clientConfig')
  const versions = stringsAt(webhook, 'conversionReviewVersions')
  if (strategy !== 'Webhook') {
    const detail = 'should not be set when strategy is not set to Webhook'
    if (client !== undefined) errors.push(forbidden(`${field}.webhookClientConfig`, detail))
    if (versions.length > 0) errors.push(forbidden(`${field}.conversionReviewVersions`, detail))
    return errors
  }
  if (client === undefined) {
    errors.push(required(`${field}.webhookClientConfig`, 'required when strategy is set to Webhook'))
  } else {
    errors.push(...validateClientConfig(client, `${field}.webhookClientConfig`))
    const bundle = stringAt(client, 'caBundle')
    if (established && bundle !== '' && !isPem(bundle)) {
      const detail = 'unable to load root certificates: unable to parse bytes as PEM block'
      errors.push(invalid(`${field}.webhookClientConfig.caBundle`, bundle, detail))
    }
  }
  return [...errors, ...reviewVersionProblems(versions, `${field}.conversionReviewVersions`)]
}

function isPem(bundle: string): boolean {
  return Buffer.from(bundle, 'base64').toString().includes('-----BEGIN ')
}

function reviewVersionProblems(versions: readonly string[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field)]
  const errors: FieldError[] = []
  versions.forEach((version, index) => {
    if (versions.indexOf(version) < index) errors.push(invalid(`${field}[${index}]`, version, 'duplicate version'))
    else
      for (const problem of dns1035LabelProblems(version)) errors.push(invalid(`${field}[${index}]`, version, problem))
  })
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`))
  }
  return errors
}
