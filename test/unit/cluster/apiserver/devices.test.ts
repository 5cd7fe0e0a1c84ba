import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const GROUP = '/apis/resource.k8s.io/v1'
const CLAIMS = `${GROUP}/namespaces/default/resourceclaims`
const SLICES = `${GROUP}/resourceslices`

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})

const messageOf = ({ body }: { readonly body: unknown }): string => (body as { message?: string }).message ?? ''
/** What is wrong with the spec of a new object, a finding each. */
async function problems(path: string, spec: object): Promise<string[]> {
  const answer = await server.call('POST', path, { metadata: { name: 'x' }, spec }, { query: { dryRun: 'All' } })
  const causes = (answer.body as { details?: { causes?: { field: string; message: string }[] } }).details?.causes ?? []
  return causes.map(({ field, message }) => `${field}: ${message}`)
}
const request = { name: 'a', exactly: { deviceClassName: 'c' } }
const slice = { driver: 'a.b', nodeName: 'n1', pool: { name: 'p', resourceSliceCount: 1, generation: 1 } }

describe('devices', () => {
  test('claims ask for one device unless they say otherwise', async () => {
    const all = { name: 'b', exactly: { deviceClassName: 'c', allocationMode: 'All' } }
    const answer = await server.call('POST', CLAIMS, {
      metadata: { name: 'claim' },
      spec: { devices: { requests: [request, all] } },
    })
    expect(answer.body).toMatchObject({
      spec: {
        devices: {
          requests: [
            { name: 'a', exactly: { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 } },
            { name: 'b', exactly: { deviceClassName: 'c', allocationMode: 'All' } },
          ],
        },
      },
      status: {},
    })
  })

  test('a claim does not change, and is printed as Go prints it', async () => {
    await server.call('POST', CLAIMS, { metadata: { name: 'fixed' }, spec: { devices: { requests: [request] } } })
    const patch = { spec: { devices: { requests: [{ ...request, name: 'b' }] } } }
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect(messageOf(await server.call('PATCH', `${CLAIMS}/fixed`, patch, { headers }))).toBe(
      'ResourceClaim.resource.k8s.io "fixed" is invalid: spec: Invalid value: {"Devices":{"Requests":[{"Name":"b","Exactly":{"DeviceClassName":"c","Selectors":null,"AllocationMode":"ExactCount","Count":1,"AdminAccess":null,"Tolerations":null,"Capacity":null},"FirstAvailable":null}],"Constraints":null,"Config":null}}: field is immutable',
    )
  })

  const REFERENCE =
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
  test.each([
    [
      'a request without a kind',
      { requests: [{ name: 'a' }] },
      'requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
    ],
    ['two requests of one name', { requests: [request, request] }, 'requests[1]: Duplicate value: "a"'],
    ['no class', { requests: [{ name: 'a', exactly: {} }] }, 'requests[0].exactly.deviceClassName: Required value'],
    [
      'a negative count',
      { requests: [{ name: 'a', exactly: { deviceClassName: 'c', count: -1 } }] },
      'requests[0].exactly.count: Invalid value: -1: must be greater than zero',
    ],
    [
      'a constraint on an unknown request',
      { requests: [request], constraints: [{ requests: ['z'], matchAttribute: 'a.b/c' }] },
      `constraints[0].requests[0]: Invalid value: "z": ${REFERENCE}`,
    ],
    [
      'an attribute without a domain',
      { requests: [request], constraints: [{ matchAttribute: 'c' }] },
      'constraints[0].matchAttribute: Invalid value: "c": a fully qualified name must be a domain and a name separated by a slash',
    ],
    ['a configuration of nothing', { requests: [request], config: [{}] }, 'config[0].opaque: Required value'],
  ])('a claim with %s is refused', async (_what, devices, problem) => {
    expect(await problems(CLAIMS, { devices })).toEqual([`spec.devices.${problem}`])
  })

  test('selectors are expressions of a device', async () => {
    const selectors = [
      'device.driver == "x" && device.capacity["a"].b.isGreaterThan(quantity("1"))',
      'device.attributes["a"].b',
      'device.driver',
    ].map((expression) => ({ cel: { expression } }))
    expect(await problems(`${GROUP}/deviceclasses`, { selectors })).toEqual([
      'spec.selectors[2].cel.expression: Invalid value: "device.driver": must evaluate to bool or the unknown type, not string',
    ])
  })

  test.each([
    [
      'nowhere',
      { nodeName: undefined },
      'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    ],
    [
      'in a pool of no slices',
      { pool: { name: 'p', resourceSliceCount: 0 } },
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
    ],
    ['of no driver', { driver: '' }, 'spec.driver: Required value'],
    [
      'of an attribute without a value',
      { devices: [{ name: 'd', attributes: { n: {} } }] },
      'spec.devices[0].attributes[n]: Invalid value: "": exactly one value must be specified',
    ],
    [
      'of a taint without an effect',
      { devices: [{ name: 'd', taints: [{ key: 'a' }] }] },
      'spec.devices[0].taints[0].effect: Required value',
    ],
  ])('a slice %s is refused', async (_what, changes, problem) => {
    expect(await problems(SLICES, { ...slice, ...changes })).toEqual([problem])
  })

  test('slices are found by driver and node, and count their changes', async () => {
    await server.call('POST', SLICES, { metadata: { name: 's' }, spec: slice })
    const found = await server.call('GET', SLICES, undefined, {
      query: { fieldSelector: 'spec.driver=a.b,spec.nodeName=n1' },
    })
    expect(found.body).toMatchObject({ items: [{ metadata: { name: 's', generation: 1 } }] })
    const headers = { 'content-type': 'application/merge-patch+json' }
    const moved = await server.call('PATCH', `${SLICES}/s`, { spec: { nodeName: 'n2' } }, { headers })
    expect(messageOf(moved)).toContain('spec.nodeName: Invalid value: "n2": field is immutable')
  })
})
