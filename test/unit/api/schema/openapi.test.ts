import { brotliDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { builtinSchema, openapiSchema } from '../../../../src/api/index.ts'
import { openapiComponents } from '../../../../src/api/schema/openapi.ts'

const node = builtinSchema({ group: 'apps', version: 'v1', kind: 'Deployment' })?.node

test('types and fields are described by the schema source, else by their names', () => {
  if (!node) throw new Error('no schema')
  const own = openapiSchema(node, [], (type, field) => (field === 'spec' ? `spec of ${type}` : undefined))
  expect(own.properties).toMatchObject({
    spec: { description: 'spec of io.k8s.api.apps.v1.Deployment' },
    status: { description: 'Status of the deployment.' },
  })
})

test('the build finds descriptions of the types and their fields', async () => {
  const script = '../../../../scripts/lib/descriptions.js'
  const { compressedDescriptions } = (await import(script)) as { compressedDescriptions: () => Buffer }
  const found = JSON.parse(brotliDecompressSync(compressedDescriptions()).toString())
  for (const type of ['io.k8s.api.apps.v1.DeploymentSpec', 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']) {
    expect(found[type]['']).toMatch(/^\w.+/)
    expect(Object.keys(found[type]).length).toBeGreaterThan(5)
    for (const text of Object.values(found[type])) expect(text).not.toMatch(/\/\*\*|\*\//)
  }
})

test('enumerations are shown, those of other packages too', () => {
  const property = (group: string, kind: string, name: string): unknown => {
    const found = builtinSchema({ group, version: 'v1', kind })?.node
    return found && (openapiSchema(found).properties as Record<string, unknown>)[name]
  }
  expect(property('discovery.k8s.io', 'EndpointSlice', 'addressType')).toMatchObject({ enum: ['FQDN', 'IPv4', 'IPv6'] })
  expect(property('storage.k8s.io', 'StorageClass', 'reclaimPolicy')).toMatchObject({
    enum: ['Delete', 'Recycle', 'Retain'],
  })
})

test('texts in lists and maps have no default', () => {
  const node = builtinSchema({ group: '', version: 'v1', kind: 'ConfigMap' })?.node
  expect(node && openapiSchema(node)).toMatchObject({
    properties: { data: { type: 'object', additionalProperties: { type: 'string' } } },
  })
  expect(JSON.stringify(node && openapiSchema(node))).not.toContain('"default":""')
})

test('values of any shape that have a type of their own are components by its name', () => {
  const schema = builtinSchema({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' })
  if (!schema) throw new Error('no schema')
  const components = openapiComponents([{ node: schema.node, gvks: [] }])
  const part = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'
  expect(components[`${part}.JSONSchemaProps`]).toMatchObject({
    properties: {
      default: { allOf: [{ $ref: `#/components/schemas/${part}.JSON` }] },
      additionalProperties: { allOf: [{ $ref: `#/components/schemas/${part}.JSONSchemaPropsOrBool` }] },
      enum: { items: { $ref: `#/components/schemas/${part}.JSON` } },
    },
  })
  expect(components[`${part}.JSON`]).toEqual({ description: 'Any value.' })
})
