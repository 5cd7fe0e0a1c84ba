import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})

const CORE = '/api/v1/namespaces/default'
const BATCH = '/apis/batch/v1/namespaces/default'
const as = (type: string): { headers: Record<string, string> } => ({ headers: { 'content-type': type } })
const STRATEGIC = as('application/strategic-merge-patch+json')
const APPLY = as('application/apply-patch+yaml')
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''
const map = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } })

describe('a delete without a policy', () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const job = {
    metadata: { name: 'kept' },
    spec: { suspend: true, template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
  }

  test('of a Job leaves its pods, and says so', async () => {
    await server.call('POST', `${BATCH}/jobs`, job)
    const dry = await server.call('DELETE', `${BATCH}/jobs/kept`, { dryRun: ['All'] })
    expect(dry.body).toMatchObject({ kind: 'Job', metadata: { finalizers: ['orphan'], deletionGracePeriodSeconds: 0 } })
    expect(dry.headers.warning).toContain('child pods are preserved by default when jobs are deleted')
    const background = await server.call('DELETE', `${BATCH}/jobs/kept`, { propagationPolicy: 'Background' })
    expect(background.body).toMatchObject({ kind: 'Status', status: 'Success' })
    expect(background.headers.warning).toBeUndefined()
  })

  test('of a ReplicationController leaves its pods', async () => {
    const path = `${CORE}/replicationcontrollers`
    await server.call('POST', path, { metadata: { name: 'kept' }, spec: { replicas: 0, template } })
    const answer = await server.call('DELETE', `${path}/kept`)
    expect(answer.body).toMatchObject({ kind: 'ReplicationController', metadata: { finalizers: ['orphan'] } })
  })
})

describe('a watch that begins with what is there', () => {
  test.each([
    ['pods', { spec: { containers: null }, status: {} }],
    ['configmaps', {}],
    ['services', { spec: {}, status: { loadBalancer: {} } }],
  ])('of %s marks the end of it for clients that take bookmarks', async (plural, empty) => {
    const query = { watch: '1', resourceVersion: '0', allowWatchBookmarks: 'true', fieldSelector: 'metadata.name=none' }
    const [bookmark] = await server.watch(`${CORE}/${plural}`, query, 1)
    expect(bookmark).toMatchObject({ type: 'BOOKMARK' })
    const {
      kind: _kind,
      apiVersion: _version,
      metadata,
      ...rest
    } = bookmark?.object as unknown as Record<string, unknown>
    expect(metadata).toEqual({
      resourceVersion: expect.stringMatching(/^\d+$/),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    })
    expect(rest).toEqual(empty)
  })
})

test('selectors are parsed before the other options of a list are checked', async () => {
  const answer = await server.call('GET', `${CORE}/pods`, undefined, {
    query: { labelSelector: 'x>a', resourceVersionMatch: 'Exact' },
  })
  expect(answer.status).toBe(400)
  expect(messageOf(answer)).toContain('unable to parse requirement')
})

test('a list of metadata without items has none', async () => {
  const answer = await server.call('GET', `${CORE}/pods`, undefined, {
    headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
  })
  expect(answer.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: null })
})

describe('an apply', () => {
  const how = { ...APPLY, query: { fieldManager: 'me' } }

  test('to the status of what is not there finds nothing', async () => {
    const status = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'none' }, status: { replicas: 1 } }
    const path = '/apis/apps/v1/namespaces/default/deployments/none/status'
    expect((await server.call('PATCH', path, JSON.stringify(status), how)).status).toBe(404)
  })

  test('with a value that only its type refuses fails as the converter words it', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bad' }, data: { a: 'a/b' } }
    const answer = await server.call('PATCH', `${CORE}/secrets/bad`, JSON.stringify(secret), how)
    expect(answer.status).toBe(500)
    expect(messageOf(answer)).toBe(
      'failed to convert new object (/bad; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 0',
    )
  })

  test('owns the data of a ControllerRevision as a whole', async () => {
    const path = '/apis/apps/v1/namespaces/default/controllerrevisions'
    const made = await server.call('POST', path, { metadata: { name: 'r' }, revision: 1, data: { spec: { a: 1 } } })
    const [owned] = (made.body as { metadata: { managedFields: { fieldsV1: object }[] } }).metadata.managedFields
    expect(owned?.fieldsV1).toEqual({ 'f:data': {}, 'f:revision': {} })
  })
})

describe('a change', () => {
  test('of the selector of a disruption budget replaces it', async () => {
    const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    const spec = { minAvailable: 1, selector: { matchLabels: { a: 'b' } } }
    await server.call('POST', path, { metadata: { name: 'p' }, spec })
    const changed = await server.call(
      'PATCH',
      `${path}/p`,
      { spec: { selector: { matchLabels: { c: 'd' } } } },
      STRATEGIC,
    )
    expect(changed.body).toMatchObject({ metadata: { generation: 2 } })
    expect((changed.body as { spec: { selector: object } }).spec.selector).toEqual({ matchLabels: { c: 'd' } })
  })

  test('cannot bring a grace period to what is not being deleted', async () => {
    await server.call('POST', `${CORE}/configmaps`, map('graced'))
    const answer = await server.call(
      'PATCH',
      `${CORE}/configmaps/graced`,
      { metadata: { deletionGracePeriodSeconds: 0 } },
      STRATEGIC,
    )
    expect(messageOf(answer)).toBe(
      'ConfigMap "graced" is invalid: metadata.deletionGracePeriodSeconds: Invalid value: 0: field is immutable',
    )
  })
})

test('what is wrong in YAML is looked for in the order of its keys', async () => {
  const text = 'metadata: {name: x, zeta: 1, alpha: 2}\nkind: ConfigMap\napiVersion: v1\n'
  const answer = await server.call('POST', `${CORE}/configmaps`, text, {
    ...as('application/yaml'),
    query: { fieldValidation: 'Strict' },
  })
  expect(messageOf(answer)).toContain('unknown field "metadata.alpha", unknown field "metadata.zeta"')
})

test('a version that is no number does not keep an object from being made', async () => {
  const object = { metadata: { name: 'versioned', resourceVersion: 'x' } }
  expect((await server.call('POST', `${CORE}/configmaps`, object)).status).toBe(201)
})

describe('a client that takes protobuf only', () => {
  const PROTOBUF = { headers: { accept: 'application/vnd.kubernetes.protobuf' } }
  const typeOf = (answer: { headers: Readonly<Record<string, string>> }): string => answer.headers['content-type'] ?? ''

  test('gets objects, lists and errors in it', async () => {
    for (const path of [`${CORE}/configmaps/none`, `${CORE}/configmaps`, '/api/v1/namespaces/default'])
      expect(typeOf(await server.call('GET', path, undefined, PROTOBUF))).toBe('application/vnd.kubernetes.protobuf')
    const partial = `${PROTOBUF.headers.accept};as=PartialObjectMetadata;v=v1;g=meta.k8s.io`
    const named = await server.call('GET', '/api/v1/namespaces/default', undefined, { headers: { accept: partial } })
    expect(named).toMatchObject({ status: 200 })
    expect(typeOf(named)).toBe('application/vnd.kubernetes.protobuf')
  })

  test('gets no tables in it, and JSON where it takes that, too', async () => {
    const path = `${CORE}/configmaps`
    const table = `${PROTOBUF.headers.accept};as=Table;v=v1;g=meta.k8s.io`
    expect((await server.call('GET', path, undefined, { headers: { accept: table } })).status).toBe(406)
    const either = await server.call('GET', path, undefined, { headers: { accept: `${PROTOBUF.headers.accept}, */*` } })
    expect(typeOf(either)).toBe('application/json')
  })
})

describe('what a patch has made of an object is printed', () => {
  const path = '/apis/apps/v1/namespaces/default/deployments'
  const spec = {
    template: { spec: { containers: [{ image: 'i', name: 'c' }] }, metadata: { labels: { a: 'b' } } },
    selector: { matchLabels: { a: 'b' } },
    replicas: 0,
  }
  const container =
    '{"name":"c","image":"i","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"Always"}'
  const printed = (answer: { body: unknown }): string =>
    /Invalid value: "(.*)": json:/s.exec(messageOf(answer))?.[1]?.replaceAll('\\"', '"') ?? messageOf(answer)

  test('in the order of Go where the patch has not been, sorted where it has', async () => {
    await server.call('POST', path, { metadata: { name: 'd' }, spec })
    const merged = await server.call(
      'PATCH',
      `${path}/d`,
      { spec: { replicas: 'x', template: { metadata: { labels: { c: 'd' } } } } },
      as('application/merge-patch+json'),
    )
    expect(printed(merged)).toContain(`"spec":{"containers":[${container}],"restartPolicy":"Always"`)
    expect(printed(merged)).toMatch(/"spec":\{"progressDeadlineSeconds":600,"replicas":"x","revisionHistoryLimit":10/)
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 5 }]
    const replaced = await server.call('PATCH', `${path}/d`, patch, as('application/json-patch+json'))
    expect(printed(replaced)).toContain('"containers":[{"image":5,"imagePullPolicy":"Always","name":"c"')
  })
})

test.each([
  ['roles', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles', null],
  ['pod templates', `${CORE}/podtemplates`, []],
])('a table of no %s has its kind of rows', async (_kind, path, rows) => {
  const answer = await server.call('GET', path, undefined, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  })
  expect(answer.body).toMatchObject({ kind: 'Table', rows })
})

test.each([
  ['VolumeAttributesClass', 'volumeattributesclasses', { driverName: 'a.b', parameters: { a: 'b' } }],
  ['DeviceClass', 'deviceclasses', { spec: {} }],
])('a %s that is deleted is answered', async (kind, plural, content) => {
  const path = `/apis/${kind === 'DeviceClass' ? 'resource' : 'storage'}.k8s.io/v1/${plural}`
  expect((await server.call('POST', path, { metadata: { name: 'gone' }, ...content })).status).toBe(201)
  expect((await server.call('DELETE', `${path}/gone`)).body).toMatchObject({ kind, metadata: { name: 'gone' } })
})
