import { expect, test } from 'vitest'
import { manualClock } from '../../../src/base/index.ts'
import { buildResources, createClient, createMapper, updateAll } from '../../../src/kube/index.ts'
import { upgradedManagers } from '../../../src/kube/deploy/csa-upgrade.ts'
import { fakeServer } from './fake-server.ts'

const options = {
  clock: manualClock(0),
  fieldManager: 'helm',
  serverSide: true,
  forceConflicts: false,
  forceReplace: false,
  threeWayMergeForUnstructured: false,
  upgradeClientSideFieldManager: false,
}
const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

async function setUp(...names: string[]) {
  const server = fakeServer()
  const client = createClient(server)
  const mapper = createMapper(client)
  const build = (text: string) => buildResources(mapper, text, { namespace: 'ns', validate: true })
  return { server, client, build, infos: await build(names.map(configMap).join('---\n')) }
}

test('an update creates, changes and deletes', async () => {
  const { client, infos, server } = await setUp('a', 'b', 'c')
  const [a, b, c] = infos
  if (a === undefined || b === undefined || c === undefined) throw new Error('three objects are read')
  await updateAll(client, [], [a, b], options)
  const result = await updateAll(client, [a, b], [b, c], options)
  expect(result.error).toBeUndefined()
  expect(result.created.map((info) => info.name)).toEqual(['c'])
  expect(result.updated.map((info) => info.name)).toEqual(['b'])
  expect(result.deleted.map((info) => info.name)).toEqual(['a'])
  expect([...server.objects.keys()]).toEqual(['b', 'c'].map((name) => `/api/v1/namespaces/ns/configmaps/${name}`))
})

test('an object that stands twice in a manifest is created, then changed', async () => {
  const { client, infos, server } = await setUp('a', 'a', 'b')
  const warnings: string[] = []
  const result = await updateAll(client, [], infos, { ...options, warn: (text) => warnings.push(text) })
  expect(result.error).toBeUndefined()
  expect(result.created.map((info) => info.name)).toEqual(['a', 'b'])
  expect(result.updated.map((info) => info.name)).toEqual(['a'])
  expect(warnings).toEqual(['resource exists on cluster but not in original release, using cluster state as baseline'])
  expect(server.objects.size).toBe(2)
})

test('taking over the fields of client-side apply asks nothing more where there are none', async () => {
  const { client, infos, server } = await setUp('a')
  await updateAll(client, [], infos, options)
  server.log.length = 0
  await updateAll(client, infos, infos, { ...options, upgradeClientSideFieldManager: true })
  const path = '/api/v1/namespaces/ns/configmaps/a'
  expect(server.log).toEqual([`GET ${path}`, `PATCH ${path}`])
})

test('what does not fit its built-in type is patched as a custom resource is', async () => {
  const { client, build, server } = await setUp()
  const before = await build(`${configMap('a')}data: {x: "1"}`)
  await updateAll(client, [], before, { ...options, serverSide: false })
  const types: unknown[] = []
  server.intercept = ({ method, headers }) => {
    if (method === 'PATCH') types.push(headers?.['content-type'])
    return undefined
  }
  const patch = async (data: string) =>
    updateAll(client, before, await build(`${configMap('a')}data: ${data}`), { ...options, serverSide: false })
  await patch('{x: "2"}')
  await patch('{x: 3}')
  expect(types).toEqual(['application/strategic-merge-patch+json', 'application/merge-patch+json'])
})

test('changes that fail keep deletions from running', async () => {
  const { client, infos, server } = await setUp('a', 'b')
  await updateAll(client, [], infos, options)
  server.intercept = (request) =>
    request.method === 'PATCH'
      ? { status: 409, headers: {}, body: { kind: 'Status', reason: 'Conflict', message: 'mine', code: 409 } }
      : undefined
  const result = await updateAll(client, infos, infos.slice(1), options)
  expect(String(result.error)).toContain('conflict occurred while applying object ns/b /v1, Kind=ConfigMap: mine')
  expect(server.objects.size).toBe(2)
})

test.each([
  [
    'an unknown kind',
    'apiVersion: v1\nkind: Nope\nmetadata: {name: x}',
    'resource mapping not found for name: "x" namespace: "" from "": no matches for kind "Nope" in version "v1"\nensure CRDs are installed first',
  ],
  ['no kind', 'metadata: {name: x}', 'error validating "": error validating data: [apiVersion not set, kind not set]'],
  [
    'too long a version',
    'apiVersion: a/b/c\nkind: ConfigMap\nmetadata: {name: x}',
    'error validating "": error validating data: unexpected GroupVersion string: a/b/c',
  ],
  [
    'wrong labels',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: true}}',
    'unable to decode "": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string',
  ],
])('a manifest with %s is refused in the words of kubectl', async (_name, text, message) => {
  const { build } = await setUp()
  await expect(build(text)).rejects.toThrow(message)
})

test('lists are flattened and namespaces filled in', async () => {
  const { build } = await setUp()
  const infos = await build(
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Namespace, metadata: {name: b}}\n',
  )
  expect(infos.map((info) => [info.name, info.namespace])).toEqual([
    ['a', 'ns'],
    ['b', ''],
  ])
})

test('what a client-side manager owns goes to its apply entry', () => {
  const entry = (manager: string, operation: 'Apply' | 'Update', fields: object) => ({
    manager,
    operation,
    apiVersion: 'v1',
    fieldsV1: fields as never,
  })
  const managers = upgradedManagers(
    [
      entry('helm', 'Update', { 'f:data': { 'f:a': {} } }),
      entry('kubectl', 'Update', {}),
      entry('helm', 'Apply', { 'f:data': { 'f:b': {} } }),
    ],
    'helm',
  )
  expect(managers).toEqual([
    entry('kubectl', 'Update', {}),
    entry('helm', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {} } }),
  ])
  expect(upgradedManagers([entry('kubectl', 'Update', {})], 'helm')).toBeUndefined()
})
