import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'

let server: TestServer
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

interface Status {
  readonly observedGeneration?: number
  readonly typeChecking?: { readonly expressionWarnings?: readonly { fieldRef: string; warning: string }[] }
}

beforeAll(async () => {
  server = await testServer()
})

let count = 0
/** Creates a policy and gives its status. */
async function statusOf(rule: object, validations: readonly object[], more: object = {}): Promise<Status> {
  count++
  const path = `${POLICIES}/p${count}`
  const resourceRules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], ...rule }]
  await server.call('POST', POLICIES, {
    metadata: { name: `p${count}` },
    spec: { matchConstraints: { resourceRules }, validations, ...more },
  })
  await settle()
  return ((await server.call('GET', path)).body as { status: Status }).status
}

/** The first line of each warning about expressions, by field. */
async function findings(rule: object, expressions: readonly string[], more: object = {}): Promise<string[]> {
  const status = await statusOf(
    rule,
    expressions.map((expression) => ({ expression })),
    more,
  )
  return (status.typeChecking?.expressionWarnings ?? []).map(
    ({ fieldRef, warning }) => `${fieldRef}: ${warning.split('\n')[0] ?? ''}`,
  )
}

const DEPLOYMENTS = { resources: ['deployments'] }

describe('type checking of policies', () => {
  test('says which expressions do not fit the types that are matched', async () => {
    const validation = { expression: "object.spec.replicas > '5'", messageExpression: 'string(object.spec.foo)' }
    const status = await statusOf({ resources: ['statefulsets', 'deployments', 'deployments/status'] }, [validation])
    const said = (kind: string): string =>
      [
        `apps/v1, Kind=${kind}: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'`,
        " | object.spec.replicas > '5'",
        ' | .....................^',
        '',
      ].join('\n')
    expect(status).toMatchObject({
      observedGeneration: 1,
      typeChecking: {
        expressionWarnings: [
          { fieldRef: 'spec.validations[0].expression', warning: `${said('Deployment')}\n${said('StatefulSet')}` },
          { fieldRef: 'spec.validations[0].messageExpression' },
        ],
      },
    })
  })

  test('finds nothing in expressions that fit, and says that it looked', async () => {
    expect(await statusOf(DEPLOYMENTS, [{ expression: 'object.spec.replicas > 5' }])).toEqual({
      observedGeneration: 1,
      typeChecking: {},
    })
  })

  const head = 'spec.validations[0].expression: apps/v1, Kind=Deployment: ERROR: <input>:1:'
  test.each([
    [
      'times',
      "object.metadata.creationTimestamp == 'x'",
      "35: found no matching overload for '_==_' applied to '(timestamp, string)'",
    ],
    [
      'quantities, which have no type',
      'has(object.spec.template.spec.containers[0].resources.limits)',
      "4: undefined field 'limits'",
    ],
    [
      'items of lists',
      'object.spec.template.spec.containers.all(c, c.image == 1)',
      "53: found no matching overload for '_==_' applied to '(string, int)'",
    ],
    ['fields of any shape', 'object.metadata.managedFields[0].fieldsV1.foo == 1', "42: undefined field 'foo'"],
    ['the old object', 'oldObject.spec.x == 1', "15: undefined field 'x'"],
    [
      'the resource of the request',
      "authorizer.requestResource.check('get').allowed()",
      "11: unexpected failed resolution of 'kubernetes.authorization.Authorizer'",
    ],
    ['numbers or texts, which may be either', "object.spec.strategy.rollingUpdate.maxSurge == 'x'", undefined],
  ])('looks at %s', async (_what, expression, problem) => {
    expect(await findings(DEPLOYMENTS, [expression])).toEqual(problem === undefined ? [] : [head + problem])
  })

  test('knows the types of variables and parameters', async () => {
    const more = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'n', expression: 'object.spec.replicas' }],
    }
    expect(await findings(DEPLOYMENTS, ["variables.n == 'x'", 'params.data.x == 1'], more)).toEqual([
      `${head}13: found no matching overload for '_==_' applied to '(int, string)'`,
      `${head.replace('[0]', '[1]')}15: found no matching overload for '_==_' applied to '(string, int)'`,
    ])
  })

  test('leaves rules with wildcards out', async () => {
    expect(await findings({ apiGroups: ['*'], resources: ['deployments'] }, ['object.nope == 1'])).toEqual([])
    expect(await findings({ resources: ['*'] }, ['object.nope == 1'])).toEqual([])
  })

  test('looks again at a new generation', async () => {
    await statusOf(DEPLOYMENTS, [{ expression: 'object.spec.replicas > 5' }])
    const patch = { spec: { validations: [{ expression: 'object.nope == 1' }] } }
    await server.call('PATCH', `${POLICIES}/p${count}`, patch, {
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await settle()
    const { body } = await server.call('GET', `${POLICIES}/p${count}`)
    expect((body as { status: Status }).status).toMatchObject({
      observedGeneration: 2,
      typeChecking: { expressionWarnings: [{ fieldRef: 'spec.validations[0].expression' }] },
    })
  })
})
