import { describe, expect, test } from 'vitest'
import {
  decodeProtobuf,
  encodeProtobuf,
  encodeProtobufEvent,
  hasProtobuf,
  type JsonObject,
} from '../../../../src/api/index.ts'

const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    generation: 3,
    creationTimestamp: '2026-11-21T10:00:00Z',
    labels: { a: 'b', 'é/x': '' },
    managedFields: [{ manager: 'm', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { '.': {} } } }],
  },
  spec: {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            args: ['x', ''],
            resources: { limits: { cpu: '500m', memory: '1Gi' } },
            securityContext: { privileged: false, runAsUser: -1 },
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
        terminationGracePeriodSeconds: 4_294_967_296,
      },
    },
  },
  status: {},
}

describe('objects in protobuf', () => {
  test('are read as what they were', () => {
    expect(decodeProtobuf(encodeProtobuf(deployment))).toEqual(deployment)
  })

  test.each([
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'AAEC', b: '' }, type: 'Opaque' },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {},
      spec: { renewTime: '2026-11-21T10:00:00.000001Z' },
    },
    { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: {}, data: { spec: [1, null] }, revision: 2 },
    { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', message: 'no', code: 404 },
  ] as JsonObject[])('of kind $kind keep what they hold', (object) => {
    expect(decodeProtobuf(encodeProtobuf(object))).toEqual(object)
  })

  test('in lists need not say their kind', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      metadata: { resourceVersion: '7' },
      items: [{ data: { a: 'b' } }],
    }
    const text = encodeProtobuf(list).toString('latin1')
    expect(text.startsWith('k8s\0')).toBe(true)
    expect(text).toContain('\x0a\x13\x0a\x02v1\x12\x0dConfigMapList')
    // The list: its metadata with the version, then an item with one pair of data.
    expect(text).toContain('\x0a\x03\x12\x017\x12\x08\x12\x06\x0a\x01a\x12\x01b')
  })

  test('in streams come after their length', () => {
    const event = encodeProtobufEvent('ADDED', deployment)
    expect(event.readUInt32BE(0)).toBe(event.length - 4)
    expect(event.subarray(4, 11).toString('latin1')).toBe('\x0a\x05ADDED')
    expect(event.includes(encodeProtobuf(deployment))).toBe(true)
  })

  test('are refused where no message is known', () => {
    expect(hasProtobuf('example.com/v1', 'Gear')).toBe(false)
    expect(() => encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Gear' })).toThrow('no message is known')
  })
})
