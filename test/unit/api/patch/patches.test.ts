import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ApiValueError,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  builtinSchema,
  createMergePatch,
  createThreeWayPatch,
  createTwoWayPatch,
  type Json,
  type JsonObject,
  jsonEqual,
} from '../../../../src/api/index.ts'

const node = builtinSchema({ group: 'apps', version: 'v1', kind: 'Deployment' })?.node
const withContainers = (containers: JsonObject[]): JsonObject => ({ spec: { template: { spec: { containers } } } })

test('a merge patch removes by null and replaces lists', () => {
  expect(applyMergePatch({ a: 1, b: { c: 1, d: [1] } }, { a: null, b: { d: [2] } })).toEqual({ b: { c: 1, d: [2] } })
})

test('a created merge patch leads from one object to the other', () => {
  const value = fc.dictionary(
    fc.string({ maxLength: 3 }),
    fc.oneof(fc.integer(), fc.dictionary(fc.string({ maxLength: 2 }), fc.boolean())),
  )
  fc.assert(
    fc.property(value, value, (a, b) =>
      jsonEqual(applyMergePatch(a as JsonObject, createMergePatch(a as JsonObject, b as JsonObject)), b),
    ),
    { numRuns: 50 },
  )
})

test('a JSON patch changes a copy, and fails on what is missing', () => {
  const document = { data: { a: '1', b: '2' } }
  const patch = [
    { op: 'add', path: '/data/c', value: '3' },
    { op: 'remove', path: '/data/a' },
    { op: 'move', from: '/data/b', path: '/data/e' },
  ]
  expect(applyJsonPatch(document, patch)).toEqual({ data: { c: '3', e: '2' } })
  expect(document.data.a).toBe('1')
  expect(() => applyJsonPatch(document, [{ op: 'test', path: '/data/a', value: 'x' }])).toThrow(
    'testing value /data/a failed: test failed',
  )
  expect(() => applyJsonPatch(document, [{ op: 'remove', path: '/data/zz' }])).toThrow(ApiValueError)
})

test('a pointer of a JSON patch begins with a slash; the whole document may be tested and replaced', () => {
  const document = { data: { a: '1' }, list: ['x'] }
  const apply = (op: string, path: string, value?: Json): unknown =>
    applyJsonPatch(document, [{ op, path, ...(value !== undefined && { value }) }])
  expect(() => apply('add', 'data')).toThrow('add operation does not apply: doc is missing path: "data": missing value')
  expect(() => apply('remove', '')).toThrow('remove operation does not apply: doc is missing path: "": missing value')
  expect(() => apply('add', '', {})).toThrow(ApiValueError)
  expect(() => applyJsonPatch(document, [{ op: 'copy', from: '', path: '/data/b' }])).toThrow('missing from path')
  expect(() => apply('replace', '', 3)).toThrow('replace operation value must be object or array')
  expect(apply('replace', '', { b: 1 })).toEqual({ b: 1 })
  expect(apply('test', '', document)).toEqual(document)
  expect(() => apply('test', '', {})).toThrow('testing value  failed: test failed')
  // A negative index counts from the end of what the list becomes.
  expect(apply('add', '/list/-1', 'y')).toEqual({ data: { a: '1' }, list: ['x', 'y'] })
})

test('a strategic merge joins lists by key, in the order of the patch', () => {
  const before = withContainers([
    {
      name: 'a',
      image: '1',
      env: [
        { name: 'X', value: '1' },
        { name: 'Y', value: '2' },
      ],
    },
    { name: 'b', image: '2' },
  ])
  const patch = withContainers([
    {
      name: 'a',
      image: '9',
      env: [
        { name: 'Z', value: '3' },
        { name: 'X', value: '9' },
      ],
    },
    { name: 'b', $patch: 'delete' },
  ])
  expect(applyStrategicMergePatch(before, patch, node)).toEqual(
    withContainers([
      {
        name: 'a',
        image: '9',
        env: [
          { name: 'Z', value: '3' },
          { name: 'X', value: '9' },
          { name: 'Y', value: '2' },
        ],
      },
    ]),
  )
})

test('a strategic merge names what is malformed', () => {
  expect(() =>
    applyStrategicMergePatch(withContainers([{ name: 'a' }]), withContainers([{ image: 'noname' }]), node),
  ).toThrow('map: map[image:noname] does not contain declared merge key: name')
  expect(() => applyStrategicMergePatch({ spec: { a: 1 } }, { spec: { $patch: 'bogus' } }, node)).toThrow(
    'unknown patch type: bogus in map: map[$patch:bogus]',
  )
})

test('a strategic merge refuses malformed directives, and tells those of a known format from others', () => {
  const refusal = (patch: JsonObject): unknown => {
    try {
      return applyStrategicMergePatch({ list: ['x'], map: { a: 1 } }, patch, undefined)
    } catch (error) {
      if (error instanceof ApiValueError) return [error.code, error.message]
      throw error
    }
  }
  const notList = (type: string): string[] => ['BAD_PATCH', `expected a []interface {}, but received a ${type}`]
  expect(refusal({ map: { $retainKeys: ['a'], b: 1 } })).toEqual([
    'BAD_PATCH_FORMAT',
    'invalid patch format of retainKeys',
  ])
  expect(refusal({ $setElementOrder: ['x'] })).toEqual([
    'BAD_PATCH_FORMAT',
    'invalid patch format of setElementOrder list',
  ])
  expect(refusal({ $deleteFromPrimitiveList: ['x'] })).toEqual([
    'BAD_PATCH_FORMAT',
    'invalid patch format of primitive list',
  ])
  expect(refusal({ $setElementOrder: 1 })).toEqual(notList('int64'))
  expect(refusal({ '$setElementOrder/list': 1.5 })).toEqual(notList('float64'))
  expect(refusal({ '$setElementOrder/list': { a: 1 } })).toEqual(notList('map[string]interface {}'))
  expect(refusal({ '$setElementOrder/list': null })).toEqual(notList('%!s(<nil>)'))
  expect(refusal({ '$setElementOrder/list': ['x'], list: true })).toEqual(notList('bool'))
  expect(refusal({ '$setElementOrder/map': ['x'] })).toEqual(notList('map[string]interface {}'))
  // An order that names nothing demands nothing.
  expect(refusal({ '$setElementOrder/list': [], list: ['y'] })).toEqual({ list: ['y'], map: { a: 1 } })
})

test('two-way patches of keyed lists apply to what they were made for', () => {
  const before = withContainers([
    { name: 'a', image: '1' },
    { name: 'b', image: '2' },
  ])
  const after = withContainers([
    { name: 'c', image: '3' },
    { name: 'a', image: '9' },
  ])
  expect(applyStrategicMergePatch(before, createTwoWayPatch(before, after, node), node)).toEqual(after)
})

test('a three-way patch keeps what others added and removes what was dropped', () => {
  const original = withContainers([{ name: 'a', image: '1', env: [{ name: 'OLD', value: '1' }] }])
  const modified = withContainers([{ name: 'a', image: '2' }])
  const live = withContainers([
    { name: 'a', image: '1', env: [{ name: 'OLD', value: '1' }] },
    { name: 'sidecar', image: 's' },
  ])
  const patch = createThreeWayPatch(original, modified, live, node)
  expect(applyStrategicMergePatch(live, patch, node)).toEqual(
    withContainers([
      { name: 'a', image: '2' },
      { name: 'sidecar', image: 's' },
    ]),
  )
})
