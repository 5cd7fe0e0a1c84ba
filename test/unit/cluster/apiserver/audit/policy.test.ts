import { describe, expect, test } from 'vitest'
import { parseAuditPolicy } from '../../../../../src/cluster/apiserver/audit/index.ts'
import { requestInfoOf } from '../../../../../src/cluster/apiserver/request-info.ts'

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
const ANN = { name: 'ann', groups: ['devs', 'system:authenticated'] }

function levelOf(rules: string, method: string, url: string, user: typeof ANN | undefined = ANN): string {
  const [path = '', query = ''] = url.split('?')
  const info = requestInfoOf({ method, path, query: new URLSearchParams(query) })
  return parseAuditPolicy(`${HEAD}rules:\n${rules}\n- level: None`)(user, info).level
}

const PODS = '/api/v1/namespaces/team/pods'

describe('which rule counts', () => {
  const cases: [name: string, rule: string, method: string, url: string, matches: boolean][] = [
    ['no condition matches everything', '{}', 'GET', '/version', true],
    ['a user', 'users: [ann]', 'GET', PODS, true],
    ['another user', 'users: [bob]', 'GET', PODS, false],
    ['one of the groups', 'userGroups: [x, devs]', 'GET', PODS, true],
    ['another group', 'userGroups: [ops]', 'GET', PODS, false],
    ['a verb', 'verbs: [watch]', 'GET', `${PODS}?watch=true`, true],
    ['another verb', 'verbs: [list]', 'GET', `${PODS}?watch=true`, false],
    ['a namespace', 'namespaces: [team]', 'GET', PODS, true],
    ['no namespace', 'namespaces: [""]', 'GET', '/api/v1/nodes', true],
    ['a namespace matches no other path', 'namespaces: [""]', 'GET', '/version', false],
    ['a whole group', 'resources: [{group: ""}]', 'GET', PODS, true],
    ['any group', 'resources: [{group: "*", resources: [pods]}]', 'GET', PODS, true],
    ['another group', 'resources: [{group: apps}]', 'GET', PODS, false],
    ['a resource is not its sub-resources', 'resources: [{resources: [pods]}]', 'GET', `${PODS}/a/log`, false],
    ['a sub-resource', 'resources: [{resources: [pods/log]}]', 'GET', `${PODS}/a/log`, true],
    ['a sub-resource of anything', 'resources: [{resources: ["*/log"]}]', 'GET', `${PODS}/a/log`, true],
    ['all of a resource', 'resources: [{resources: ["pods/*"]}]', 'GET', `${PODS}/a/log`, true],
    ['all of a resource and itself', 'resources: [{resources: ["pods/*"]}]', 'GET', PODS, true],
    ['a name', 'resources: [{resources: [pods], resourceNames: [a]}]', 'GET', `${PODS}/a`, true],
    ['another name', 'resources: [{resources: [pods], resourceNames: [b]}]', 'GET', `${PODS}/a`, false],
    ['a path', 'nonResourceURLs: [/version]', 'GET', '/version', true],
    ['the beginning of a path', 'nonResourceURLs: ["/healthz*"]', 'GET', '/healthz/ping', true],
    ['paths match no resource', 'nonResourceURLs: ["*"]', 'GET', PODS, false],
  ]
  test.each(cases)('%s', (_name, rule, method, url, matches) => {
    const fields = rule === '{}' ? '' : `\n  ${rule}`
    expect(levelOf(`- level: Metadata${fields}`, method, url)).toBe(matches ? 'Metadata' : 'None')
  })

  test('the first rule that matches', () => {
    expect(levelOf('- level: Request\n  users: [ann]\n- level: Metadata', 'GET', PODS)).toBe('Request')
  })

  test('a sender whom nobody knows is in no group', () => {
    const policy = parseAuditPolicy(`${HEAD}rules: [{level: Metadata, userGroups: [devs]}]`)
    const info = requestInfoOf({ method: 'GET', path: PODS, query: new URLSearchParams() })
    expect(policy(undefined, info).level).toBe('None')
  })
})

test('stages and managed fields are left out by the rule or by the policy', () => {
  const policy = parseAuditPolicy(
    `${HEAD}omitStages: [RequestReceived]\nomitManagedFields: true\nrules: [{level: Metadata, omitStages: [Panic], omitManagedFields: false}]`,
  )
  const info = requestInfoOf({ method: 'GET', path: PODS, query: new URLSearchParams() })
  expect(policy(ANN, info)).toEqual({
    level: 'Metadata',
    omitStages: ['RequestReceived', 'Panic'],
    omitManagedFields: false,
  })
})

describe('a policy that cannot be used', () => {
  const cases: [name: string, text: string, message: string][] = [
    ['another kind', 'apiVersion: v1\nkind: Policy', 'unknown group version field v1, Kind=Policy in policy'],
    ['no rules', HEAD, 'loaded illegal policy with 0 rules'],
    ['a rule without level', `${HEAD}rules: [{verbs: [get]}]`, 'rules[0].level: Required value'],
    [
      'an unknown level',
      `${HEAD}rules: [{level: All}]`,
      'rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse"',
    ],
    [
      'an unknown stage',
      `${HEAD}omitStages: [Late]\nrules: [{level: None}]`,
      'omitStages[0]: Invalid value: "Late": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
    [
      'a path that does not begin at the root',
      `${HEAD}rules: [{level: None, nonResourceURLs: [version]}]`,
      `rules[0].nonResourceURLs[0]: Invalid value: "version": non-resource URL rules must begin with a '/' character`,
    ],
    [
      'resources and paths in one rule',
      `${HEAD}rules: [{level: None, namespaces: [a], nonResourceURLs: [/version]}]`,
      'rules[0].nonResourceURLs: Invalid value: ["/version"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
  ]
  test.each(cases)('%s', (_name, text, message) => {
    expect(() => parseAuditPolicy(text)).toThrow(message)
  })
})
