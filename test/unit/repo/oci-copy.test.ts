import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { capturedOutput, fixedInput } from '../../../src/cli/io.ts'
import { runCli } from '../../../src/cli/program.ts'

type Handle = (request: IncomingMessage, response: ServerResponse, origin: string) => void

const digestOf = (data: Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const config = Buffer.from('{"name":"web","version":"1.0.0"}')
const chart = Buffer.from('not looked into')
const layer = {
  mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  digest: digestOf(chart),
  size: chart.length,
}
const configLayer = {
  mediaType: 'application/vnd.cncf.helm.config.v1+json',
  digest: digestOf(config),
  size: config.length,
}
const manifest = { schemaVersion: 2, mediaType: manifestType, config: configLayer, layers: [layer] }
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

function answer(response: ServerResponse, status: number, body: Uint8Array | string, headers: object = {}): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** Answers with a manifest, as its digest and type say. */
const giving =
  (value: unknown, headers: object = {}): Handle =>
  (_request, response) => {
    const body = Buffer.isBuffer(value) ? value : json(value)
    answer(response, 200, body, { 'content-type': manifestType, 'docker-content-digest': digestOf(body), ...headers })
  }

let server: Server | undefined
const folder = mkdtempSync(join(tmpdir(), 'chartctl-oci-'))
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Pulls from a registry whose answers are those of the parts, else right ones. Gives what is printed, with H for its address. */
async function pull(parts: Readonly<Record<string, Handle>>, flags: readonly string[] = ['--version', '1.0.0']) {
  mkdirSync(folder, { recursive: true })
  server = createServer((request, response) => {
    const { url = '' } = request
    const origin = `http://${request.headers.host}`
    const own = Object.entries(parts).find(([part]) => url.includes(part))?.[1]
    const blob = [config, chart].find((data) => url.endsWith(digestOf(data)))
    if (own !== undefined) own(request, response, origin)
    else if (url.includes('/manifests/')) giving(manifest)(request, response, origin)
    else if (blob !== undefined) answer(response, 200, blob)
    else answer(response, 404, '')
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const [stdout, stderr] = [capturedOutput(), capturedOutput()]
  const io = { stdin: fixedInput(), stdout, stderr }
  const argv = ['pull', `oci://${host}/x/web`, '--plain-http', '-d', folder, ...flags]
  const exitCode = await runCli(argv, { io, env: { HOME: join(folder, 'home') } })
  const text = `${stdout.text()}${stderr.text()}`.replaceAll(host, 'H')
  return { exitCode, text, files: readdirSync(folder).filter((name) => name.endsWith('.tgz')) }
}

const url = 'http://H/v2/x/web'
const successors = 'failed to perform "Successors" on source: '
const reference = 'failed to perform "FetchReference" on source: '

test.each<[name: string, handle: Handle, want: string]>([
  ['no JSON', giving(Buffer.from([0x9d])), `${successors}invalid character '\\u009d' looking for beginning of value`],
  [
    'a size that is text',
    giving({ ...manifest, layers: [{ ...layer, size: '7' }] }),
    `${successors}json: cannot unmarshal string into Go struct field Descriptor.layers.size of type int64`,
  ],
  [
    'no layers',
    giving({ ...manifest, layers: null }),
    `manifest does not contain a layer with mediatype ${layer.mediaType}`,
  ],
  [
    'no config',
    giving({ ...manifest, config: undefined }),
    'could not load config with mediatype application/vnd.cncf.helm.config.v1+json',
  ],
  [
    'another digest than announced',
    giving(manifest, { 'docker-content-digest': digestOf(chart) }),
    `${successors}mismatched digest`,
  ],
  [
    'an announced digest that is none',
    giving(manifest, { 'docker-content-digest': 'zzz' }),
    `${reference}GET "${url}/manifests/1.0.0": invalid response header value: \`Docker-Content-Digest: zzz\`; invalid checksum digest format`,
  ],
  [
    'no content type',
    giving(manifest, { 'content-type': '' }),
    `${reference}GET "${url}/manifests/1.0.0": invalid response \`Content-Type\` header; mime: no media type`,
  ],
  [
    'another content type',
    giving(manifest, { 'content-type': 'text/html; charset=utf-8' }),
    'manifest does not contain minimum number of descriptors (2), descriptors found: 0',
  ],
  [
    'more than is kept',
    giving(Buffer.alloc(5 * 1024 * 1024, ' ')),
    `${successors}read failed: content size 5242880 exceeds push size limit 4194304: size exceeds limit`,
  ],
  [
    'a layer that is too large',
    giving({ ...manifest, layers: [{ ...layer, size: 99_999_999_999 }] }),
    `failed to perform "Fetch" on source: GET "${url}/blobs/${layer.digest}": mismatch Content-Length`,
  ],
  [
    'an unknown digest algorithm',
    giving({ ...manifest, layers: [{ ...layer, digest: 'md5:0' }] }),
    'failed to perform "Fetch" on source: md5:0: not found',
  ],
  [
    'no length anywhere',
    (request, response) => {
      response.writeHead(200, { 'content-type': manifestType })
      response.end(request.method === 'HEAD' ? undefined : json(manifest))
    },
    `${reference}HEAD "${url}/manifests/1.0.0": unknown response Content-Length`,
  ],
  [
    'errors of no form',
    (_request, response) => answer(response, 403, '{"errors":[{"code":1}]}'),
    `${reference}GET "${url}/manifests/1.0.0": response status code 403: Forbidden`,
  ],
  [
    'errors of all forms',
    (_request, response) =>
      answer(
        response,
        416,
        '{"errors":[{"code":"A_B","message":"m","detail":[1,null]},{"code":"C","detail":"x"},null]}',
      ),
    `${reference}GET "${url}/manifests/1.0.0": response status code 416: a b: m: [1 <nil>]; c; `,
  ],
  [
    'no HTTP',
    (_request, response) => void response.socket?.end('SSH-2.0-x\r\n'),
    `${reference}Get "${url}/manifests/1.0.0": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-x"`,
  ],
])('a registry that gives %s as a manifest is refused as by Helm', async (_name, handle, want) => {
  expect(await pull({ '/manifests/': handle })).toEqual({ exitCode: 1, text: `Error: ${want}\n`, files: [] })
})

test('the manifest that an index lists is taken', async () => {
  const inner = json(manifest)
  const index = {
    schemaVersion: 2,
    manifests: [{ mediaType: manifestType, digest: digestOf(inner), size: inner.length }],
  }
  const { exitCode, text } = await pull({ '/manifests/1.0.0': giving(index, { 'content-type': indexType }) })
  expect({ exitCode, text }).toEqual({
    exitCode: 0,
    text: `Pulled: H/x/web:1.0.0\nDigest: ${digestOf(json(index))}\n`,
  })
})

test.each<[name: string, handle: Handle, want: string]>([
  [
    'nothing',
    (_request, response) => answer(response, 200, ''),
    `GET "${url}/tags/list": failed to decode response: EOF`,
  ],
  [
    'half of it',
    (_request, response) => answer(response, 200, '{"tags":['),
    `GET "${url}/tags/list": failed to decode response: unexpected EOF`,
  ],
  [
    'numbers',
    (_request, response) => answer(response, 200, '{"tags":[1]}'),
    `GET "${url}/tags/list": failed to decode response: json: cannot unmarshal number into Go struct field .tags of type string`,
  ],
  [
    'null',
    (_request, response) => answer(response, 200, 'null'),
    'unable to locate any tags in provided repository: oci://H/x/web',
  ],
  [
    'a broken link',
    (_request, response) => answer(response, 200, '{"tags":["1.0.0"]}', { link: '</v2/x' }),
    `invalid next link "</v2/x": missing '>'`,
  ],
])('a list of tags that is %s is refused as by Helm', async (_name, handle, want) => {
  expect(await pull({ '/tags/list': handle }, [])).toMatchObject({ exitCode: 1, text: `Error: ${want}\n` })
})

/** Asks for a token of a realm; the token server answers with `token`. */
const guarded = (realm: (origin: string) => string, token: string): Readonly<Record<string, Handle>> => ({
  '/token': (_request, response) => answer(response, 200, token),
  '/v2/': (_request, response, origin) =>
    answer(response, 401, '', { 'www-authenticate': `Bearer realm="${realm(origin)}",service="s"` }),
})

test.each([
  ['of no HTTP', 'ftp://x/token', 'bearer realm "ftp://x/token" uses unsupported scheme "ftp"'],
  [
    'inside the network',
    'http://169.254.169.254/token',
    'bearer realm host "169.254.169.254" is a loopback, link-local, private, or unspecified address',
  ],
  ['that is no URL', '::', 'failed to parse bearer realm "::": parse "::": missing protocol scheme'],
])('a login is not sent to a token server %s', async (_name, realm, want) => {
  const { text } = await pull(guarded(() => realm, ''))
  expect(text).toBe(`Error: ${reference}GET "${url}/manifests/1.0.0": ${want}\n`)
})

test.each([
  ['', 'failed to decode response: EOF'],
  ['null', 'empty token returned'],
  [
    '{"token":5}',
    'failed to decode response: json: cannot unmarshal number into Go struct field .token of type string',
  ],
])('a token server that answers %j is refused as by Helm', async (token, want) => {
  const { text } = await pull(guarded((origin) => `${origin}/token`, token))
  const asked = 'GET "http://H/token?scope=repository%3Ax%2Fweb%3Apull&service=s"'
  expect(text).toBe(`Error: ${reference}GET "${url}/manifests/1.0.0": ${asked}: ${want}\n`)
})
