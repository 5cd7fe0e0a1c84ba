import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const API = '/apis/admissionregistration.k8s.io/v1'
const PODS = '/api/v1/namespaces/default/pods'
const MAPS = '/api/v1/namespaces/default/configmaps'
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
})
beforeEach(async () => {
  for (const kind of ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'])
    for (const name of ['p', 'q']) await server.call('DELETE', `${API}/${kind}/${name}`)
})

const apply = (expression: string): object => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } })
const patch = (expression: string): object => ({ patchType: 'JSONPatch', jsonPatch: { expression } })

function policyOf(mutations: readonly object[], more: object = {}): object {
  return {
    metadata: { name: 'p' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'configmaps'] },
        ],
      },
      mutations,
      reinvocationPolicy: 'Never',
      ...more,
    },
  }
}

async function bind(policy: object, binding: object = {}, name = 'p'): Promise<void> {
  const created = await server.call('POST', `${API}/mutatingadmissionpolicies`, { ...policy, metadata: { name } })
  expect(messageOf(created)).toBe('')
  const spec = { policyName: name, ...binding }
  await server.call('POST', `${API}/mutatingadmissionpolicybindings`, { metadata: { name }, spec })
}

const POD = { metadata: { name: 'x', labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

interface Pod {
  readonly metadata: { readonly labels: Record<string, string> }
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly Record<string, unknown>[]
    readonly initContainers?: readonly { readonly volumeMounts?: readonly { readonly name: string }[] }[]
    readonly volumes?: readonly { readonly name: string }[]
  }
}

const create = (object: object = POD, path = PODS) => server.call('POST', path, object, { query: { dryRun: 'All' } })
const created = async (): Promise<Pod> => {
  const answer = await create()
  expect(messageOf(answer)).toBe('')
  return answer.body as Pod
}

describe('what mutations do', () => {
  test('an apply configuration is merged', async () => {
    await bind(
      policyOf([
        apply(
          'Object{metadata: Object.metadata{labels: {"team": "x"}}, spec: Object.spec{terminationGracePeriodSeconds: 5}}',
        ),
        apply(
          'Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, env: [Object.spec.containers.env{name: "E", value: "v"}]})}}',
        ),
      ]),
    )
    const { metadata, spec } = await created()
    expect(metadata.labels).toEqual({ app: 'a', team: 'x' })
    expect(spec.terminationGracePeriodSeconds).toBe(5)
    expect(spec.containers).toMatchObject([{ name: 'c', image: 'i', env: [{ name: 'E', value: 'v' }] }])
  })

  test('a JSON patch is applied; a test that does not hold leaves everything', async () => {
    await bind(
      policyOf([
        patch(
          '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), value: "d"}, JSONPatch{op: "replace", path: "/spec/containers/0/image", value: "z"}]',
        ),
        patch(
          '[JSONPatch{op: "test", path: "/spec/containers/0/image", value: "no"}, JSONPatch{op: "remove", path: "/metadata/labels"}]',
        ),
      ]),
    )
    const { metadata, spec } = await created()
    expect(metadata.labels).toEqual({ app: 'a', 'a/b': 'd' })
    expect(spec.containers[0]).toMatchObject({ image: 'z' })
  })

  test('each sees what those before it did, variables and the request', async () => {
    const variables = [{ name: 'v', expression: 'request.operation + "-" + object.metadata.name' }]
    await bind(
      policyOf(
        [
          apply('Object{metadata: Object.metadata{labels: {"one": variables.v}}}'),
          apply('Object{metadata: Object.metadata{labels: {"two": object.metadata.labels.one + "-2"}}}'),
        ],
        { variables },
      ),
    )
    expect((await created()).metadata.labels).toEqual({ app: 'a', one: 'CREATE-x', two: 'CREATE-x-2' })
  })

  test('parameters are at hand', async () => {
    await server.call('POST', MAPS, { metadata: { name: 'params' }, data: { k: 'v' } })
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' }
    const matchConditions = [{ name: 'pods', expression: 'request.resource.resource == "pods"' }]
    await bind(
      policyOf([apply('Object{metadata: Object.metadata{labels: {"k": params.data.k}}}')], {
        paramKind,
        matchConditions,
      }),
      {
        paramRef: { name: 'params', parameterNotFoundAction: 'Deny' },
      },
    )
    expect((await created()).metadata.labels).toEqual({ app: 'a', k: 'v' })
  })

  test('the server looks again at what a policy has added', async () => {
    await bind(
      policyOf([
        apply('Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "i", image: "j"}]}}'),
      ]),
    )
    const { spec } = await created()
    expect(spec.volumes).toHaveLength(1)
    expect(spec.initContainers?.[0]?.volumeMounts?.[0]?.name).toBe(spec.volumes?.[0]?.name)
  })

  test('a policy may ask to be called again when a later one changes something', async () => {
    const saw = 'has(object.metadata.labels.late) ? Object{metadata: Object.metadata{labels: {"saw": "it"}}} : Object{}'
    await bind(policyOf([apply(saw)], { reinvocationPolicy: 'IfNeeded' }))
    await bind(policyOf([apply('Object{metadata: Object.metadata{labels: {"late": "1"}}}')]), {}, 'q')
    expect((await created()).metadata.labels).toEqual({ app: 'a', late: '1', saw: 'it' })
  })

  test('without a binding, or for other objects, nothing happens', async () => {
    await bind(policyOf([apply('Object{metadata: Object.metadata{labels: {"x": "1"}}}')]), {
      matchResources: { objectSelector: { matchLabels: { app: 'other' } } },
    })
    expect((await created()).metadata.labels).toEqual({ app: 'a' })
  })
})

describe('mutations that fail', () => {
  const by = "policy 'p' with binding 'p' denied request: "
  const failures: [name: string, mutation: object, message: string][] = [
    [
      'an object in the wrong place',
      apply('Object{spec: Object.metadata{labels: {"a": "b"}}}'),
      'type mismatch: unexpected type name "Object.metadata", expected "Object.spec", which matches field name path from root Object type',
    ],
    [
      'an unknown field',
      apply('Object{spec: Object.spec{nope: "x"}}'),
      'error applying patch: failed to convert patch object to typed object: .spec.nope: field not declared in schema',
    ],
    [
      'another type',
      apply('Object{spec: Object.spec{priority: "x"}}'),
      'error applying patch: failed to convert patch object to typed object: .spec.priority: expected numeric (int or float), got string',
    ],
    [
      'what is replaced as a whole',
      apply('Object{spec: Object.spec{containers: [Object.spec.containers{name: "c", args: ["a"]}]}}'),
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.containers[0].args',
    ],
    [
      'a patch of what is not there',
      patch('[JSONPatch{op: "remove", path: "/metadata/annotations/x"}]'),
      'JSON Patch: remove operation does not apply: doc is missing path: "/metadata/annotations/x": missing value',
    ],
    [
      'an expression that fails',
      apply('Object{metadata: Object.metadata{labels: {"x": object.spec.nope}}}'),
      `expression 'Object{metadata: Object.metadata{labels: {"x": object.spec.nope}}}' resulted in error: no such key: nope`,
    ],
  ]
  test.each(failures)('%s', async (_name, mutation, message) => {
    await bind(policyOf([mutation]))
    expect(await create()).toMatchObject({
      status: 403,
      body: {
        reason: 'Invalid',
        message: by + message,
        details: { name: 'x', kind: 'pods', causes: [{ message: by + message }] },
      },
    })
  })

  test('are passed over when the policy says so', async () => {
    const mutations = [
      apply('Object{metadata: Object.metadata{labels: {"x": object.spec.nope}}}'),
      apply('Object{metadata: Object.metadata{labels: {"y": "z"}}}'),
    ]
    await bind(policyOf(mutations, { failurePolicy: 'Ignore' }))
    expect((await created()).metadata.labels).toEqual({ app: 'a', y: 'z' })
  })

  test('a patch to what the type does not know', async () => {
    await bind(policyOf([patch('[JSONPatch{op: "add", path: "/spec/nope", value: "x"}]')]))
    expect(await create()).toMatchObject({
      status: 500,
      body: { message: 'Internal error occurred: strict decoding error: unknown field "spec.nope"' },
    })
  })

  test('parameters that are missing', async () => {
    await bind(policyOf([apply('Object{}')], { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }), {
      paramRef: { name: 'none', parameterNotFoundAction: 'Deny' },
    })
    const why = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction'
    expect(await create()).toMatchObject({ status: 403, body: { reason: 'Forbidden', message: by + why } })
  })
})

describe('policies that are refused', () => {
  const cases: [name: string, policy: object, message: string][] = [
    ['no mutations', policyOf([]), 'spec.mutations: Required value: mutations must contain at least one item'],
    [
      'no reinvocation policy',
      policyOf([apply('Object{}')], { reinvocationPolicy: '' }),
      'spec.reinvocationPolicy: Required value',
    ],
    [
      'an unknown type of patch',
      policyOf([{ patchType: 'Zap' }]),
      'spec.mutations[0].patchType: Unsupported value: "Zap": supported values: "ApplyConfiguration", "JSONPatch"',
    ],
    [
      'both patches',
      policyOf([{ ...apply('Object{}'), jsonPatch: { expression: '[]' } }]),
      'spec.mutations[0].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
    ],
    [
      'another result',
      policyOf([apply('Object.spec{}')]),
      'spec.mutations[0].applyConfiguration.expression: Invalid value: "Object.spec{}": must evaluate to Object but got Object.spec',
    ],
    [
      'no list of patches',
      policyOf([patch('[]')]),
      'spec.mutations[0].jsonPatch.expression: Invalid value: "[]": must evaluate to list(JSONPatch) but got list(dyn)',
    ],
    [
      'an unknown type of object',
      policyOf([apply('Foo{}')]),
      `compilation failed: ERROR: <input>:1:4: undeclared reference to 'Foo' (in container '')`,
    ],
    [
      'objects in variables',
      policyOf([apply('Object{}')], { variables: [{ name: 'v', expression: 'Object{}' }] }),
      `spec.variables[0].expression: Invalid value: "Object{}": compilation failed: ERROR: <input>:1:7: undeclared reference to 'Object'`,
    ],
    [
      'deletions',
      policyOf([apply('Object{}')], {
        matchConstraints: {
          resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['DELETE'], resources: ['pods'] }],
        },
      }),
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ],
  ]
  test.each(cases)('%s', async (_name, policy, message) => {
    const answer = await create(policy, `${API}/mutatingadmissionpolicies`)
    expect([answer.status, messageOf(answer)]).toEqual([422, expect.stringContaining(message)])
  })
})
