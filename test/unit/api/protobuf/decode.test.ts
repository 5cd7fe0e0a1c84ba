import { describe, expect, test } from 'vitest'
import { decodeProtobuf } from '../../../../src/api/index.ts'

/** A field with bytes (wire type 2). */
const field = (number: number, content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
}
/** A field with a small number (wire type 0). */
const number = (field: number, value: number): Buffer => Buffer.from([field * 8, value])
const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])), field(2, raw)])

describe('protobuf bodies', () => {
  test('give the object that JSON would give', () => {
    const metadata = field(
      1,
      Buffer.concat([
        field(1, 'web'),
        field(2, ''),
        field(3, 'ns'),
        field(11, Buffer.concat([field(1, 'a'), field(2, 'b')])),
        field(8, ''),
      ]),
    )
    const port = field(
      1,
      Buffer.concat([
        field(1, 'http'),
        number(3, 80),
        field(4, Buffer.concat([number(1, 1), number(2, 0), field(3, 'web')])),
      ]),
    )
    expect(decodeProtobuf(envelope('v1', 'Service', Buffer.concat([metadata, field(2, port)])))).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'ns', labels: { a: 'b' } },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
    })
  })

  test('put inlined messages into their parent and keep zeros behind pointers', () => {
    const volume = Buffer.concat([field(1, 'v'), field(2, field(2, ''))])
    const pod = field(2, Buffer.concat([field(1, volume), number(4, 0)]))
    expect(decodeProtobuf(envelope('v1', 'Pod', pod))).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      spec: { volumes: [{ name: 'v', emptyDir: {} }], terminationGracePeriodSeconds: 0 },
    })
  })

  const broken: readonly [name: string, body: Buffer][] = [
    ['without the magic number', Buffer.from('{"kind":"Pod"}')],
    ['that end early', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x12, 0x7f, 0x01])])],
    ['of a kind without a message', envelope('v1', 'Nope', Buffer.alloc(0))],
    ['with text that is not UTF-8', envelope('v1', 'ConfigMap', field(1, field(1, Buffer.from([0xff]))))],
  ]
  test.each(broken)('are refused %s', (_name, body) => {
    expect(() => decodeProtobuf(body)).toThrow(expect.objectContaining({ code: 'PROTOBUF' }))
  })
})
