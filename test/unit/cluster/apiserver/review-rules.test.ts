import { expect, test } from 'vitest'
import { accessReviewProblems } from '../../../../src/cluster/apiserver/review-rules.ts'
import { testServer } from './harness.ts'

const GROUP = '/apis/authorization.k8s.io/v1'
const REQUIREMENT = { key: 'a', operator: 'In', values: ['b'] }
const asked = (resourceAttributes: object): object => ({
  spec: { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', ...resourceAttributes } },
})
const messageOf = (answer: { body: unknown }): string => (answer.body as { message: string }).message

test.each([
  [
    { rawSelector: 'x', requirements: [REQUIREMENT] },
    'rawSelector: Invalid value: "x": may not specified at the same time as requirements',
  ],
  [
    {},
    'requirements: Required value: when spec.resourceAttributes.labelSelector is specified, requirements or rawSelector is required',
  ],
  [
    { requirements: [{ key: 'a', operator: 'In' }] },
    "requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ],
])('a review of access refuses the selector %j', async (labelSelector, problem) => {
  const server = await testServer()
  const answer = await server.call('POST', `${GROUP}/subjectaccessreviews`, asked({ labelSelector }))
  expect(answer.status).toBe(422)
  const field = 'spec.resourceAttributes.labelSelector'
  expect(messageOf(answer)).toBe(`.authorization.k8s.io "" is invalid: ${field}.${problem}`)
})

test('a review of access bears selectors that are well formed, and operators of newer servers', async () => {
  const server = await testServer()
  for (const selector of [{ rawSelector: 'x' }, { requirements: [{ key: 'a', operator: 'Near', values: ['b'] }] }]) {
    const body = asked({ labelSelector: selector, fieldSelector: selector })
    expect((await server.call('POST', `${GROUP}/subjectaccessreviews`, body)).status).toBe(201)
  }
})

test('a review of access has no metadata, and shows what it had in the order of Go', async () => {
  const server = await testServer()
  const body = { metadata: { name: 'x' }, spec: { nonResourceAttributes: { path: '/healthz', verb: 'get' } } }
  const answer = await server.call('POST', `${GROUP}/selfsubjectaccessreviews`, body)
  expect(answer.status).toBe(422)
  const fields = '\\{"f:spec":.*\\}'
  const entry = `\\{"manager":"[^"]*","operation":"Update",.*"time":"[^"]*","fieldsType":"FieldsV1","fieldsV1":${fields}\\}`
  expect(messageOf(answer)).toMatch(
    new RegExp(`metadata: Invalid value: \\{"name":"x","managedFields":\\[${entry}\\]\\}: must be empty$`),
  )
  expect((await server.call('POST', `${GROUP}/selfsubjectaccessreviews`, { spec: body.spec })).status).toBe(201)
})

test('a local review may name its namespace, and asks of resources there only', () => {
  const review = (spec: object): Parameters<typeof accessReviewProblems>[0] =>
    ({ kind: 'LocalSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec }) as never
  const problems = (spec: object): string[] =>
    accessReviewProblems(review(spec), { namespace: 'n' }, 'n').map(({ field, detail }) => `${field}: ${detail}`)
  expect(problems({ user: 'u', resourceAttributes: { namespace: 'n' } })).toEqual([])
  expect(problems({ user: 'u', resourceAttributes: { namespace: 'm' } })).toEqual([
    'spec.resourceAttributes.namespace: must match metadata.namespace',
  ])
  expect(problems({ user: 'u', nonResourceAttributes: { path: '/' } })).toEqual([
    'spec.nonResourceAttributes: disallowed on this kind of request',
  ])
})
