import { expect, test } from 'vitest'
import { schemaComplaint } from '../../../src/release/actions/schema-check.ts'

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1 },
        mode: { type: 'string', enum: ['a', 'b'] },
        ports: { type: 'array', maxItems: 2, items: { 'x-kubernetes-int-or-string': true } },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
  },
}
const object = (spec: object) => ({ apiVersion: 'g/v1', kind: 'K', metadata: { name: 'n' }, spec })

test.each([
  ['what fits', { size: 1, mode: 'a', ports: [1, 'http'], labels: { x: 'y' } }, undefined],
  ['a field that became required', { mode: 'a' }, 'spec.size: required'],
  ['another type', { size: '1' }, 'spec.size: must be of type integer'],
  ['a value that is allowed no more', { size: 1, mode: 'c' }, 'spec.mode: must be one of a, b'],
  ['a number below its limit', { size: 0 }, 'spec.size: is outside its limits'],
  ['too many items', { size: 1, ports: [1, 2, 3] }, 'spec.ports: has a wrong number of items'],
  ['a null', { size: null }, 'spec.size: must not be null'],
  ['a value deep in a map', { size: 1, labels: { x: 1 } }, 'spec.labels.x: must be of type string'],
])('%s against a new schema of a CRD', (_name, spec, complaint) => {
  expect(schemaComplaint(schema, object(spec))).toBe(complaint)
})
