import { expect, test } from 'vitest'
import { builtinSchema, decodeObject, hasDuplicateFields, strictFindings } from '../../../../src/api/index.ts'

function schema(group: string, kind: string, version = 'v1') {
  const found = builtinSchema({ group, version, kind })
  if (!found) throw new Error(`no schema for ${kind}`)
  return found.node
}

const errors: readonly [kind: string, group: string, body: Record<string, unknown>, want: string][] = [
  [
    'Deployment',
    'apps',
    { spec: { replicas: '3' } },
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'Deployment',
    'apps',
    { spec: { replicas: 1.5 } },
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'ConfigMap',
    '',
    { data: { a: 1 } },
    'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ],
  [
    'Pod',
    '',
    { spec: { volumes: [{ name: 'v', hostPath: { path: 1 } }] } },
    'json: cannot unmarshal number into Go struct field HostPathVolumeSource.spec.volumes.VolumeSource.hostPath.path of type string',
  ],
  ['Pod', '', { spec: [] }, 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
  [
    'Pod',
    '',
    { spec: { containers: [{ env: [{ value: 5 }] }] } },
    'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
  ],
  ['Secret', '', { data: { a: 'not base64!' } }, 'illegal base64 data at input byte 3'],
]
test.each(errors)('reports the type error of a %s', (kind, group, body, want) => {
  expect(decodeObject(schema(group, kind), body).error).toBe(want)
})

test('drops unknown fields and names them in the order of the document', () => {
  const decoded = decodeObject(schema('', 'ConfigMap'), {
    metadata: { name: 'x', label: {} },
    datas: {},
    data: { a: '1' },
  })
  expect(decoded.unknown).toEqual(['unknown field "metadata.label"', 'unknown field "datas"'])
  expect(decoded.value).toEqual({ metadata: { name: 'x' }, data: { a: '1' } })
})

test('prints what Go prints: empty structs, canonical quantities, no empty lists', () => {
  const pod = { spec: { containers: [{ name: 'c', args: [], resources: { limits: { cpu: '1000m' } } }] } }
  expect(decodeObject(schema('', 'Pod'), pod).value).toEqual({
    metadata: {},
    spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] },
    status: {},
  })
})

test('finds duplicate fields, also in maps, but not in text that only looks so', () => {
  const text = '{"data":{"a":"1","a":"2"},"kind":"x:y"}'
  expect(hasDuplicateFields(text, JSON.parse(text))).toBe(true)
  expect(hasDuplicateFields('{"a":"\\"b\\":"}', { a: '"b":' })).toBe(false)
  expect(strictFindings(text, schema('', 'ConfigMap'))).toEqual(['duplicate field "data.a"'])
})

test('keeps empty lists that are told from absent ones', () => {
  const rules = { scaleUp: { policies: [], selectPolicy: 'Max' } }
  const scaler = { spec: { behavior: rules, metrics: [] } }
  expect(decodeObject(schema('autoscaling', 'HorizontalPodAutoscaler', 'v2'), scaler).value.spec).toMatchObject({
    behavior: rules,
  })
})
