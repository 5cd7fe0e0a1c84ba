import { expect, test } from 'vitest'
import { builtinSchema, decodeObject, type JsonObject, type KubeObject } from '../../../../../src/api/index.ts'
import {
  applyPatch,
  decodeFields,
  encodeFields,
  parentEntries,
  scaleEntries,
  trackUpdate,
} from '../../../../../src/cluster/apiserver/managed-fields/index.ts'

const now = '2020-01-01T00:00:00Z'
const node = builtinSchema({ group: '', version: 'v1', kind: 'ConfigMap' })?.node
const context = { apiVersion: 'v1', node, now, force: false }
const configMap = (data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x' },
  data,
})

function stored(object: KubeObject): KubeObject {
  if (!node) throw new Error('no schema')
  const value = decodeObject(node, object).value as unknown as KubeObject
  return { ...value, metadata: { ...value.metadata, uid: 'u' } }
}

function applied(
  live: KubeObject | undefined,
  manager: string,
  data: Record<string, string>,
  force = false,
): KubeObject {
  const result = applyPatch({ ...context, live, applied: configMap(data), manager, force })
  if (result.type !== 'applied') throw new Error(JSON.stringify(result))
  return stored(result.object)
}

const owners = (object: KubeObject): Record<string, unknown> =>
  Object.fromEntries((object.metadata.managedFields ?? []).map((entry) => [entry.manager, entry.fieldsV1]))

test('fields that are no longer applied go, unless somebody else owns them', () => {
  const one = applied(undefined, 'one', { a: '1', b: '2' })
  const two = applied(one, 'two', { b: '2' })
  const again = applied(two, 'one', { a: '1' })
  expect(again.data).toEqual({ a: '1', b: '2' })
  expect(applied(again, 'two', {}).data).toEqual({ a: '1' })
})

test('another value is a conflict that names owner and field, and force takes it over', () => {
  const live = applied(undefined, 'one', { a: '1', b: '2' })
  const refused = applyPatch({ ...context, live, applied: configMap({ a: '2', b: '3' }), manager: 'two' })
  expect(refused).toMatchObject({
    type: 'conflict',
    report: { message: 'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b' },
  })
  const forced = applied(live, 'two', { a: '2' }, true)
  expect(owners(forced)).toEqual({ one: { 'f:data': { 'f:b': {} } }, two: { 'f:data': { 'f:a': {} } } })
})

test('an update owns what it changed and nothing else', () => {
  const live = applied(undefined, 'one', { a: '1', b: '2' })
  const next = stored({ ...live, data: { a: '1', b: 'new' } })
  const tracked = trackUpdate({ ...context, live, next, manager: 'patcher' })
  expect(owners(tracked)).toEqual({ one: { 'f:data': { 'f:a': {} } }, patcher: { 'f:data': { 'f:b': {} } } })
})

test('creation owns all but identity and status', () => {
  const created = trackUpdate({ ...context, live: undefined, next: stored(configMap({ a: '1' })), manager: 'm' })
  expect(owners(created)).toEqual({ m: { 'f:data': { '.': {}, 'f:a': {} } } })
})

test('an unfit configuration is refused in typed words', () => {
  const bad = { ...configMap({}), data: { a: 1 } } as unknown as KubeObject
  expect(applyPatch({ ...context, live: undefined, applied: bad, manager: 'm' })).toEqual({
    type: 'refused',
    status: 500,
    message:
      'failed to create typed patch object (/x; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}',
  })
})

test('scaling to zero leaves no owner, scaling to more has one', () => {
  const live: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', uid: 'u' },
    spec: { replicas: 1 },
  }
  const fields = { 'f:spec': { 'f:replicas': {} } }
  live.metadata.managedFields = [
    { manager: 'one', operation: 'Apply', apiVersion: 'apps/v1', time: now, fieldsType: 'FieldsV1', fieldsV1: fields },
  ]
  const scaled = { entries: live.metadata.managedFields, path: 'spec.replicas', apiVersion: 'apps/v1' }
  const entries = scaleEntries(scaled)
  expect(entries).toMatchObject([{ manager: 'one', operation: 'Apply', apiVersion: 'autoscaling/v1' }])
  const scaler = { manager: 'scaler', operation: 'Update' as const, subresource: 'scale', time: now }
  const after = parentEntries(scaled, [
    { ...scaler, apiVersion: 'autoscaling/v1', fieldsType: 'FieldsV1', fieldsV1: fields },
  ])
  expect(after).toEqual([
    {
      manager: 'scaler',
      operation: 'Update',
      subresource: 'scale',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
    },
  ])
  expect(parentEntries(scaled, entries)).toEqual(live.metadata.managedFields)
  expect(parentEntries(scaled, [])).toEqual([])
})

test('fieldsV1 reads back as it was written', () => {
  const fields: JsonObject = {
    'f:spec': { 'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } } },
    'f:metadata': { 'f:finalizers': { 'v:"a/b"': {} } },
  }
  expect(encodeFields(decodeFields(fields))).toEqual(fields)
})
