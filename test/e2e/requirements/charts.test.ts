import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, mustSucceed, type Sandbox } from '../../support/program.ts'
import { haveKubectl, ownWorld, type World } from './world.ts'

describe.skipIf(!haveKubectl)('charts on the cluster', { timeout: 240_000 }, () => {
  let sandbox: Sandbox
  let world: World
  const chartctl = async (args: string): Promise<string> =>
    mustSucceed(await sandbox.chartctl([...args.split(' '), '--namespace', world.namespace]))
  const work = (file: string): string => path.join(sandbox.folder, 'work', file)

  beforeAll(async () => {
    sandbox = createSandbox()
    world = await ownWorld()
    writeFileSync(path.join(sandbox.folder, 'kubeconfig'), world.cluster.kubeconfigText, { mode: 0o600 })
    await chartctl('create hello')
  })
  afterAll(() => sandbox.dispose())

  test('C-T158 C-T162 C-T163 a chart is made, linted and packaged', async () => {
    expect(await chartctl('create hello-helm')).toBe('Creating hello-helm\n')
    expect(await chartctl('lint hello-helm')).toMatch(
      /==> Linting hello-helm\n\[INFO\] Chart.yaml: icon is recommended[\s\S]*1 chart\(s\) linted, 0 chart\(s\) failed/,
    )
    expect(await chartctl('package hello-helm')).toContain('Successfully packaged chart and saved it to: ')
    expect(await chartctl('package hello-helm --version 0.2.0')).toContain('hello-helm-0.2.0.tgz')
  })

  test('C-T159 C-T168 a dry run leaves nothing behind; what is disabled is not rendered', async () => {
    const text = await chartctl('install trial hello --dry-run=client --debug')
    expect(text).toContain('STATUS: pending-install')
    expect(text).not.toContain('kind: Ingress')
    expect(await chartctl('list -q')).toBe('')
  })

  test('C-T153 C-T154 C-T155 C-T156 C-T157 C-T160 a release through its life', async () => {
    const { k, until } = world
    expect(await chartctl('install mycharts hello --set service.type=LoadBalancer --wait')).toMatch(
      /NAME: mycharts[\s\S]*STATUS: deployed\nREVISION: 1/,
    )
    expect(await k('get all -l app.kubernetes.io/instance=mycharts')).toMatch(
      /pod\/mycharts-hello-[\s\S]*service\/mycharts-hello +LoadBalancer[\s\S]*deployment.apps\/mycharts-hello[\s\S]*replicaset.apps\/mycharts-hello-/,
    )
    const address = 'get service mycharts-hello -o jsonpath={.spec.clusterIP}:{.spec.ports[0].nodePort}'
    const before = await k(address)
    const first = await k('get pods -o jsonpath={.items[0].metadata.labels.pod-template-hash}')
    await chartctl('upgrade mycharts hello --set service.type=NodePort --wait')
    expect(await k(address)).toBe(before)
    writeFileSync(work('values.yaml'), 'replicaCount: 2\nservice: {type: NodePort}\npodAnnotations: {a: b}\n')
    await chartctl('upgrade mycharts hello -f values.yaml --wait')
    await until('get pods -o name', /^(pod\/\S+\n){2}$/)
    expect(await k('get pods -o jsonpath={.items[0].metadata.labels.pod-template-hash}')).not.toBe(first)
    expect(await chartctl('rollback mycharts 1 --wait')).toBe('Rollback was a success! Happy Helming!\n')
    const history = await chartctl('history mycharts')
    expect(history).toMatch(/\n1 .*superseded[\s\S]*\n3 .*superseded[\s\S]*\n4 .*deployed .*Rollback to 1/)
    await until('get pods -o name', /^pod\/\S+\n$/)
    expect(await k('get pods -o jsonpath={.items[0].metadata.labels.pod-template-hash}')).toBe(first)
    expect(await k('get service mycharts-hello')).toContain('LoadBalancer')
    expect(await chartctl('uninstall mycharts --wait')).toBe('release "mycharts" uninstalled\n')
    await until('get pods -o name', /^$/)
    expect(await chartctl('list')).toMatch(/^NAME\s+NAMESPACE[^\n]*\n$/)
  })

  test('C-T161 own templates, and what a pod sees of them', async () => {
    const { k } = world
    mkdirSync(work('my-app/templates'), { recursive: true })
    writeFileSync(work('my-app/Chart.yaml'), 'apiVersion: v2\nname: my-app\nversion: 0.1.0\n')
    writeFileSync(work('my-app/values.yaml'), 'config: {mode: prod}\n')
    writeFileSync(
      work('my-app/templates/all.yaml'),
      `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
data:
  config.json: {{ .Values.config | toJson | quote }}
---
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-pod}
spec:
  containers: [{name: c, image: busybox, volumeMounts: [{name: config, mountPath: /etc/app}]}]
  volumes: [{name: config, configMap: {name: {{ .Release.Name }}-config}}]
`,
    )
    await chartctl('install own my-app --wait')
    expect(await k('get cm own-config')).toMatch(/own-config +1/)
    expect(await k('exec own-pod -- cat /etc/app/config.json')).toBe('{"mode":"prod"}')
  })

  test('C-T164 C-T165 C-T166 C-T167 C-T169 an umbrella of charts, twice, with a password that is read back', async () => {
    const { k } = world
    mkdirSync(work('umbrella/templates'), { recursive: true })
    const name = readFileSync(work('hello/Chart.yaml'), 'utf8').includes('name: hello') ? 'hello' : ''
    writeFileSync(
      work('umbrella/Chart.yaml'),
      `apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies:\n  - {name: ${name}, version: 0.1.0, repository: "file://../hello"}\n`,
    )
    writeFileSync(work('umbrella/values.yaml'), 'hello: {service: {type: NodePort, port: 8080}}\n')
    writeFileSync(
      work('umbrella/templates/secret.yaml'),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}-password}\nstringData: {password: {{ randAlphaNum 12 | quote }}}\n',
    )
    expect(await chartctl('dependency update umbrella')).toContain('Saving 1 charts')
    expect(await chartctl('dependency build umbrella')).toContain('Saving 1 charts')
    for (const release of ['one', 'two']) await chartctl(`install ${release} umbrella --wait`)
    expect((await chartctl('list -q')).trim().split('\n')).toEqual(expect.arrayContaining(['one', 'two']))
    expect(await k('get service one-hello two-hello')).toMatch(/8080:\d+\/TCP[\s\S]*8080:\d+\/TCP/)
    const password = Buffer.from(await k('get secret one-password -o jsonpath={.data.password}'), 'base64').toString()
    expect(password).toMatch(/^[A-Za-z0-9]{12}$/)
    await chartctl('uninstall one')
    expect(await k('get deployments -o name')).toContain('two-hello')
    expect(
      await k(
        `exec -n ${world.namespace} deployment/two-hello -- nslookup two-hello.${world.namespace}.svc.cluster.local`,
      ),
    ).toContain('10.96.')
  })

  test('C-T150 C-T151 repositories are added and searched', async () => {
    const { createServer } = await import('node:http')
    await chartctl('package hello')
    mkdirSync(work('repo'), { recursive: true })
    writeFileSync(work('repo/hello-0.1.0.tgz'), readFileSync(work('hello-0.1.0.tgz')))
    await chartctl('repo index repo')
    const server = createServer((request, response) =>
      response.end(readFileSync(work(path.join('repo', path.basename(request.url ?? ''))))),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address() as { port: number }
    expect(await chartctl(`repo add mine http://127.0.0.1:${address.port}`)).toBe(
      '"mine" has been added to your repositories\n',
    )
    expect(await chartctl('repo update')).toContain('Update Complete. ⎈Happy Helming!⎈')
    expect(await chartctl('search repo hello')).toMatch(/mine\/hello\s+0\.1\.0\s+1\.16\.0\s/)
    server.close()
  })
})
