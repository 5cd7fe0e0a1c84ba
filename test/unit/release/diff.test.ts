import { expect, test } from 'vitest'
import { diffFields, HIDDEN, masked, withoutServerFields } from '../../../src/release/index.ts'
import { fieldOwner } from '../../../src/release/diff/owners.ts'

test('fields are compared by key, items of lists by name where they have one', () => {
  const before = {
    a: 1,
    gone: { x: 1 },
    list: [
      { name: 'one', v: 1 },
      { name: 'two', v: 2 },
    ],
    plain: ['p', 'q'],
  }
  const after = {
    a: 1,
    fresh: true,
    list: [
      { name: 'two', v: 3 },
      { name: 'one', v: 1 },
    ],
    plain: ['p'],
  }
  expect(diffFields(before, after)).toEqual([
    { path: 'gone', before: { x: 1 } },
    { path: 'list[name=two].v', before: 2, after: 3 },
    { path: 'plain[1]', before: 'q' },
    { path: 'fresh', after: true },
  ])
})

test('keys with dots are quoted in paths', () => {
  expect(diffFields({ labels: { 'a.b/c': '1' } }, { labels: { 'a.b/c': '2' } })).toEqual([
    { path: 'labels.["a.b/c"]', before: '1', after: '2' },
  ])
})

test('what the server writes is no difference', () => {
  const object = {
    kind: 'X',
    metadata: { name: 'n', uid: '1', generation: 3, managedFields: [] },
    status: { ready: 1 },
  }
  expect(withoutServerFields(object)).toEqual({ kind: 'X', metadata: { name: 'n' } })
})

test('values of Secrets are hidden, their keys are not', () => {
  const head = { apiVersion: 'v1', kind: 'Secret', namespace: 'ns', name: 's' } as const
  const fields = [
    { path: 'data.password', before: 'b2xk', after: 'bmV3' },
    { path: 'type', before: 'a', after: 'b' },
  ]
  expect(masked({ ...head, action: 'change', fields }).fields).toEqual([
    { path: 'data.password', before: HIDDEN, after: HIDDEN },
    { path: 'type', before: 'a', after: 'b' },
  ])
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { k: 'dg==' } } as never
  expect(masked({ ...head, action: 'create', fields: [], object }).object).toMatchObject({ data: { k: HIDDEN } })
})

test('the owner of a field is who names it most exactly, of several the newest', () => {
  const entry = (manager: string, time: string, fieldsV1: object) => ({ manager, time, fieldsV1: fieldsV1 as never })
  const image = (name: string) => ({ 'f:spec': { 'f:containers': { [`k:{"name":"${name}"}`]: { 'f:image': {} } } } })
  const entries = [
    entry('helm', '2026-01-01T00:00:00Z', { 'f:spec': { 'f:replicas': {} } }),
    entry('kubectl', '2026-01-02T00:00:00Z', image('web')),
    entry('edit', '2026-01-03T00:00:00Z', image('web')),
    entry('other', '2026-01-04T00:00:00Z', image('side')),
  ]
  expect(fieldOwner(entries, 'spec.containers[name=web].image')?.manager).toBe('edit')
  expect(fieldOwner(entries, 'spec.containers[name=side].image')?.manager).toBe('other')
  expect(fieldOwner(entries, 'data.x')).toBeUndefined()
})
