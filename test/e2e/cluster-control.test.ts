import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, hasProgram, mustSucceed, type Sandbox } from '../support/program.ts'

describe.skipIf(!hasProgram('kubectl'))(
  'nodes, simulation and backups of a bundled cluster',
  { timeout: 240_000 },
  () => {
    let sandbox: Sandbox
    const chartctl = async (...args: string[]): Promise<string> => mustSucceed(await sandbox.chartctl(args))
    const kubectl = async (...args: string[]): Promise<string> => mustSucceed(await sandbox.kubectl(args))
    const until = async (args: string[], wanted: RegExp): Promise<void> => {
      for (let i = 0; ; i++) {
        const { stdout } = await sandbox.kubectl(args)
        if (wanted.test(stdout)) return
        if (i > 150) throw new Error(`kubectl ${args.join(' ')} never gave ${wanted}:\n${stdout}`)
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }

    beforeAll(async () => {
      sandbox = createSandbox()
      mkdirSync(path.join(sandbox.folder, 'static'))
      const rules = '[{level: Request, users: [admin], verbs: [create], resources: [{group: apps}]}, {level: None}]'
      const policy = `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: ${rules}\n`
      writeFileSync(path.join(sandbox.folder, 'audit-policy.yaml'), policy)
      await chartctl(
        'cluster',
        'start',
        '--nodes',
        '2',
        '--metrics',
        '--static-pods',
        path.join(sandbox.folder, 'static'),
        '--audit-policy',
        path.join(sandbox.folder, 'audit-policy.yaml'),
        '--audit-log',
        path.join(sandbox.folder, 'audit.log'),
      )
    })
    afterAll(() => sandbox.dispose())

    test('nodes come and go', async () => {
      expect(await chartctl('cluster', 'node', 'add')).toBe('Node "chartctl-node-3" added\n')
      await chartctl('cluster', 'node', 'add', 'gpu', '--label', 'accelerator=gpu', '--cpu', '8')
      await until(['get', 'nodes'], /chartctl-node-3 +Ready[\s\S]*gpu +Ready +<none> +\S+ +v1\.36/)
      expect(
        await kubectl('get', 'node', 'gpu', '-o', 'jsonpath={.status.capacity.cpu} {.metadata.labels.accelerator}'),
      ).toBe('8 gpu')
      await until(['get', 'lease', 'gpu', '-n', 'kube-node-lease', '-o', 'name'], /gpu/)
      expect(await chartctl('cluster', 'node', 'remove', 'gpu', 'chartctl-node-3')).toContain('Node "gpu" removed')
      expect((await sandbox.chartctl(['cluster', 'node', 'remove', 'gpu'])).stderr).toContain('node "gpu" not found')
    })

    test('failures are switched on and off', async () => {
      await kubectl('create', 'deployment', 'web', '--image=nginx')
      await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
      expect(await chartctl('cluster', 'simulate', 'crash-loop', 'deployment/web')).toBe(
        'deployment/web: crash-loop=true\n',
      )
      await until(['get', 'pods'], /(Error|CrashLoopBackOff) +[1-9]/)
      await chartctl('cluster', 'simulate', 'crash-loop', 'deployment/web', '--off')
      await chartctl('cluster', 'simulate', 'clock=10m')
      await until(['get', 'pods'], /Running +[1-9]/)
      const lines = readFileSync(path.join(sandbox.folder, 'audit.log'), 'utf8').trimEnd().split('\n')
      const recorded: object[] = lines.map((line) => JSON.parse(line))
      expect(recorded).toMatchObject([
        { stage: 'RequestReceived' },
        { stage: 'ResponseComplete', requestObject: { kind: 'Deployment', apiVersion: 'apps/v1' } },
      ])
      const wrong = await sandbox.chartctl(['cluster', 'simulate', 'lost', 'deployment/web'])
      expect(wrong.stderr).toContain('lost cannot be said of a deployment')
      expect(await chartctl('cluster', 'simulate')).toContain('api-latency')
    })

    test('the API can be made to fail, and the clock to run', async () => {
      await chartctl('cluster', 'simulate', 'api-errors=500:100%')
      expect((await sandbox.kubectl(['get', 'configmaps'])).stderr).toContain('simulated failure of the API server')
      await chartctl('cluster', 'simulate', 'api-errors', '--off')
      await kubectl('get', 'configmaps')
      await kubectl('create', 'cronjob', 'tick', '--image=busybox', '--schedule=0 * * * *')
      await until(['get', 'cronjob', 'tick'], /tick/)
      await chartctl('cluster', 'simulate', 'clock=1h5m')
      await until(['get', 'jobs'], /tick-\d+ +Complete/)
      expect(await kubectl('top', 'pods')).toMatch(/web-\S+ +\d+m +\d+Mi/)
    })

    test('static pods follow their folder', async () => {
      const file = path.join(sandbox.folder, 'static', 'proxy.yaml')
      writeFileSync(
        file,
        'apiVersion: v1\nkind: Pod\nmetadata: {name: proxy}\nspec: {containers: [{name: c, image: proxy}]}\n',
      )
      await until(['get', 'pods'], /proxy-chartctl-node +1\/1 +Running/)
      rmSync(file)
      await until(['get', 'pods', '-o', 'name'], /^(?![\s\S]*proxy)/)
    })

    test('a backup of the running cluster becomes another one', async () => {
      const uid = await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.uid}')
      expect(await chartctl('cluster', 'backup', 'web.backup')).toMatch(/backed up to web\.backup \(\d+ objects\)/)
      expect((await sandbox.chartctl(['cluster', 'restore', 'web.backup'])).stderr).toContain(
        "stop it with 'cluster stop'",
      )
      await kubectl('delete', 'deployment', 'web')
      await chartctl('cluster', 'stop')
      expect((await sandbox.chartctl(['cluster', 'restore', 'web.backup'])).stderr).toContain('--force replaces it')
      await chartctl('cluster', 'restore', 'web.backup', '--force')
      await chartctl('cluster', 'start', '--nodes', '2')
      expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.uid}')).toBe(uid)
      await until(['get', 'deployment', 'web'], /1\/1/)
      writeFileSync(path.join(sandbox.folder, 'work', 'broken'), 'no backup')
      expect((await sandbox.chartctl(['cluster', 'restore', 'broken', '--cluster', 'other'])).stderr).toContain(
        'is not a backup',
      )
    })
  },
)
