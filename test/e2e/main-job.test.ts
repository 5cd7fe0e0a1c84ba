import { cpSync, createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, hasProgram, mustSucceed, root, type Sandbox } from '../support/program.ts'

interface Revision {
  readonly revision: number
  readonly status: string
  readonly description: string
}

describe('the main job on the bundled cluster', () => {
  let sandbox: Sandbox
  let server: Server
  let port = 0
  const chart = (): string => path.join(sandbox.folder, 'charts/blog-stack')
  const inBlog = ['--namespace', 'blog']

  beforeAll(async () => {
    sandbox = createSandbox()
    cpSync(path.join(root, 'charts'), path.join(sandbox.folder, 'charts'), { recursive: true })
    server = createServer((request, response) => {
      const file = path.join(root, 'charts/repository', path.basename(request.url ?? ''))
      if (existsSync(file) && statSync(file).isFile()) createReadStream(file).pipe(response)
      else response.writeHead(404).end('404 File not found')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })

  afterAll(async () => {
    server.close()
    await sandbox.dispose()
  })

  const history = async (): Promise<Revision[]> =>
    JSON.parse(mustSucceed(await sandbox.chartctl(['history', 'blog', ...inBlog, '-o', 'json']))) as Revision[]

  test('the cluster starts, and starting again changes nothing', async () => {
    const first = mustSucceed(await sandbox.chartctl(['cluster', 'start']))
    expect(first).toContain('is running at https://127.0.0.1:')
    const before = JSON.parse(mustSucceed(await sandbox.chartctl(['cluster', 'status', '-o', 'json']))) as {
      pid: number
    }
    mustSucceed(await sandbox.chartctl(['cluster', 'start']))
    const after = JSON.parse(mustSucceed(await sandbox.chartctl(['cluster', 'status', '-o', 'json']))) as Record<
      string,
      unknown
    >
    expect(after).toMatchObject({ name: 'chartctl', state: 'running', pid: before.pid, storage: 'lmdb' })
    expect(after.nodes).toHaveLength(1)
    expect(statSync(path.join(sandbox.folder, 'kubeconfig')).mode & 0o777).toBe(0o600)
  })

  test('dependencies come from folders beside the chart and from a repository', async () => {
    mustSucceed(await sandbox.chartctl(['repo', 'add', 'blog-charts', `http://127.0.0.1:${port}`]))
    const text = mustSucceed(await sandbox.chartctl(['dependency', 'update', chart()]))
    expect(text).toContain('Saving 6 charts')
    expect(text).toContain(`Downloading cache from repo http://127.0.0.1:${port}`)
    expect(mustSucceed(await sandbox.chartctl(['dependency', 'list', chart()]))).not.toContain('missing')
  })

  test('install waits until everything is ready', async () => {
    const text = mustSucceed(
      await sandbox.chartctl(['install', 'blog', chart(), ...inBlog, '--create-namespace', '--wait']),
    )
    expect(text).toContain('STATUS: deployed')
    expect(text).toContain('blog-stack 1.0.0 is installed as blog (revision 1) in namespace blog.')
  })

  test('upgrade changes values, runs the migration hook and keeps the generated password', async () => {
    const password = async (): Promise<string> =>
      /password: (\S+)/.exec(mustSucceed(await sandbox.chartctl(['get', 'manifest', 'blog', ...inBlog])))?.[1] ?? 'none'
    const before = await password()
    mustSucceed(
      await sandbox.chartctl([
        'upgrade',
        'blog',
        chart(),
        ...inBlog,
        '--wait',
        '--set',
        'front.replicaCount=3,tags.back-office=true',
      ]),
    )
    expect(await password()).toBe(before)
    const manifest = mustSucceed(await sandbox.chartctl(['get', 'manifest', 'blog', ...inBlog]))
    expect(manifest).toContain('name: blog-admin')
    expect(mustSucceed(await sandbox.chartctl(['get', 'hooks', 'blog', ...inBlog]))).toContain('name: blog-api-migrate')
  })

  test('the charts’ tests pass', async () => {
    expect(mustSucceed(await sandbox.chartctl(['test', 'blog', ...inBlog]))).toContain('Phase:          Succeeded')
  })

  test('rollback makes a third revision from the first', async () => {
    mustSucceed(await sandbox.chartctl(['rollback', 'blog', '1', ...inBlog, '--wait']))
    expect((await history()).map((r) => [r.revision, r.status, r.description])).toEqual([
      [1, 'superseded', 'Install complete'],
      [2, 'superseded', 'Upgrade complete'],
      [3, 'deployed', 'Rollback to 1'],
    ])
    expect(mustSucceed(await sandbox.chartctl(['get', 'manifest', 'blog', ...inBlog]))).not.toContain(
      'name: blog-admin',
    )
  })

  test.runIf(hasProgram('kubectl'))('kubectl sees the workloads and rolls them', async () => {
    const deployments = mustSucceed(await sandbox.kubectl(['get', 'deployments', '-n', 'blog', '-o', 'name']))
      .trim()
      .split('\n')
    expect(deployments).toEqual([
      'deployment.apps/blog-api',
      'deployment.apps/blog-cache',
      'deployment.apps/blog-front',
    ])
    mustSucceed(await sandbox.kubectl(['rollout', 'restart', 'deployment/blog-front', '-n', 'blog']))
    mustSucceed(await sandbox.kubectl(['rollout', 'status', 'deployment/blog-front', '-n', 'blog', '--timeout=30s']))
    expect(mustSucceed(await sandbox.kubectl(['describe', 'pvc', '-n', 'blog']))).toContain('Bound')
  })

  test('stopping and starting again keeps everything', async () => {
    mustSucceed(await sandbox.chartctl(['cluster', 'stop']))
    const stopped = JSON.parse(mustSucceed(await sandbox.chartctl(['cluster', 'status', '-o', 'json']))) as {
      state: string
    }
    expect(stopped.state).toBe('stopped')
    mustSucceed(await sandbox.chartctl(['cluster', 'start']))
    expect(await history()).toHaveLength(3)
  })

  test('uninstall leaves only what Helm would leave', async () => {
    mustSucceed(await sandbox.chartctl(['uninstall', 'blog', ...inBlog, '--wait']))
    expect(mustSucceed(await sandbox.chartctl(['list', ...inBlog, '-q'])).trim()).toBe('')
    if (!hasProgram('kubectl')) return
    const left = mustSucceed(
      await sandbox.kubectl(['get', 'all,ingress,secret,pdb,hpa,pvc', '-n', 'blog', '-o', 'name']),
    )
    // Claims of a StatefulSet stay, and so do test pods, whose logs may still be wanted.
    expect(left.trim().split('\n')).toEqual([
      'pod/blog-admin-test',
      'pod/blog-api-test',
      'pod/blog-front-test',
      'persistentvolumeclaim/data-blog-database-0',
    ])
  })
})
