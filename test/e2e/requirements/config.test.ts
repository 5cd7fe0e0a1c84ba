import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { haveKubectl, ownWorld, pod, scenarioCluster, type World } from './world.ts'

describe.skipIf(!haveKubectl)('configuration and secrets', { concurrent: true, timeout: 240_000 }, () => {
  let world: () => Promise<World>
  beforeAll(async () => {
    world = await scenarioCluster()
  })

  test('A-S22 config maps from literals, files, folders, variables and manifests', async () => {
    const { k, write, folder, apply } = await world()
    write('username', 'admin')
    write('vars.env', 'A=1\nB=2\n')
    mkdirSync(path.join(folder, 'dir'))
    write('dir/one', 'x')
    write('dir/two', 'y')
    const data = (name: string): Promise<string> => k(`get cm ${name} -o jsonpath={.data}`)
    await k('create configmap literal --from-literal=key1=value1 --from-literal=key2=value2')
    expect(await data('literal')).toBe('{"key1":"value1","key2":"value2"}')
    await k('create configmap file --from-file=./username --from-file=user=./username')
    expect(await data('file')).toBe('{"user":"admin","username":"admin"}')
    await k('create configmap folder --from-file=dir/')
    expect(await data('folder')).toBe('{"one":"x","two":"y"}')
    await k('create configmap env --from-env-file=vars.env')
    expect(await data('env')).toBe('{"A":"1","B":"2"}')
    await apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {k: v}\n')
    expect(await k('get cm yaml')).toMatch(/yaml +1/)
    expect(await k('describe cm literal')).toMatch(/key1:\n----\nvalue1\n/)
  })

  test('A-S23 A-S24 B4-95 C-T112 C-T113 C-T114 a mounted config map follows its object; by subPath it does not', async () => {
    const { k, apply, until } = await world()
    await k('create configmap page --from-literal=index.html=one')
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: c
      image: nginx
      env: [{name: PAGE, valueFrom: {configMapKeyRef: {name: page, key: index.html}}}]
      volumeMounts:
        - {name: page, mountPath: /usr/share/nginx/html}
        - {name: page, mountPath: /single/index.html, subPath: index.html}
        - {name: conf, mountPath: /redis-master}
  volumes:
    - {name: page, configMap: {name: page}}
    - {name: conf, configMap: {name: page, items: [{key: index.html, path: sub/redis.conf}]}}
`)
    await k('wait --for=condition=Ready pod/web --timeout=90s')
    expect(await k('exec web -- cat /usr/share/nginx/html/index.html')).toBe('one')
    expect(await k('exec web -- ls /usr/share/nginx/html')).toBe('index.html\n')
    expect(await k('exec web -- cat /redis-master/sub/redis.conf')).toBe('one')
    const before = await k('get cm page -o jsonpath={.metadata.uid}/{.metadata.resourceVersion}')
    await k(`patch configmap page -p '{"data":{"index.html":"two"}}'`)
    await until('exec web -- cat /usr/share/nginx/html/index.html', 'two')
    expect(await k('exec web -- cat /single/index.html')).toBe('one')
    expect(await k('exec web -- printenv PAGE')).toBe('one\n')
    expect(await k('get pod web')).toMatch(/Running +0/)
    const after = await k('get cm page -o jsonpath={.metadata.uid}/{.metadata.resourceVersion}')
    expect(after.split('/')[0]).toBe(before.split('/')[0])
    expect(Number(after.split('/')[1])).toBeGreaterThan(Number(before.split('/')[1]))
  })

  test('A-S25 C-T100 C-T101 C-T102 C-T103 C-T104 secrets in all forms', async () => {
    const { k, write, apply } = await world()
    await k('create secret generic s1 --from-literal=name1=redhat')
    expect(await k('get secret s1')).toMatch(/s1 +Opaque +1/)
    expect(await k('describe secret s1')).toContain('name1:  6 bytes')
    expect(await k('get secret s1 -o jsonpath={.data.name1}')).toBe('cmVkaGF0')
    write('name1', 'redhat')
    await k('create secret generic s2 --from-file=name1')
    write('name1', 'gone')
    expect(await k('get secret s2 -o jsonpath={.data}')).toBe('{"name1":"cmVkaGF0"}')
    write('env', 'name1=redhat1\nname2=redhat2\n')
    await k('create secret generic s3 --from-env-file=env')
    expect(await k('get secret s3 -o jsonpath={.data}')).toBe('{"name1":"cmVkaGF0MQ==","name2":"cmVkaGF0Mg=="}')
    await apply('apiVersion: v1\nkind: Secret\nmetadata: {name: s4}\nstringData: {name1: redhat1, name2: redhat2}\n')
    expect(await k('get secret s4')).toMatch(/s4 +Opaque +2/)
    expect(await k('get secret s4 -o yaml')).toContain('"stringData":{"name1":"redhat1","name2":"redhat2"}')
  })

  test('B4-81 B4-96 C-T105 C-T107 C-T108 C-T109 C-T110 secrets as files and variables', async () => {
    const { k, apply, until, fails } = await world()
    await k('create secret generic mysec --from-literal=name1=redhat1 --from-literal=name2=redhat2')
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  containers:
    - name: c
      image: busybox
      envFrom: [{secretRef: {name: mysec}}, {prefix: P_, secretRef: {name: mysec}}]
      env: [{name: ONE, valueFrom: {secretKeyRef: {name: mysec, key: name1}}}]
      volumeMounts: [{name: s, mountPath: /mnt/sec}]
  volumes: [{name: s, secret: {secretName: mysec}}]
`)
    await k('wait --for=condition=Ready pod/user --timeout=90s')
    expect(await k('exec user -- ls /mnt/sec')).toBe('name1\nname2\n')
    expect(await k('exec user -- cat /mnt/sec/name1')).toBe('redhat1')
    const env = (await k('exec user -- env')).split('\n')
    for (const line of ['ONE=redhat1', 'name1=redhat1', 'name2=redhat2', 'P_name1=redhat1']) expect(env).toContain(line)
    expect(await fails('exec user -n default -- ls')).toContain('Error from server (NotFound): pods "user" not found')
    await k(`patch secret mysec -p '{"stringData":{"name3":"redhat3"}}'`)
    await until('exec user -- ls /mnt/sec', 'name3')
    expect(await k('exec user -- cat /mnt/sec/name3')).toBe('redhat3')
    expect(await k('exec user -- env')).not.toContain('name3')
    expect(await k('get pod user')).toMatch(/Running +0/)
  })

  test('C-T106 a missing secret blocks its pods unless it is optional', async () => {
    const { k, apply, until } = await world()
    const naming = (name: string, optional: string): string =>
      pod(name, {
        container: 'volumeMounts: [{name: s, mountPath: /s}]',
        spec: `volumes: [{name: s, secret: {secretName: later${optional}}}]`,
      })
    await apply(naming('blocked', ''))
    await apply(naming('free', ', optional: true'))
    await k('wait --for=condition=Ready pod/free --timeout=90s')
    expect(await k('exec free -- ls /s')).toBe('')
    await until(
      'describe pod blocked',
      /FailedMount .*MountVolume.SetUp failed for volume "s" : secret "later" not found/,
    )
    expect(await k('get pod blocked')).toMatch(/0\/1 +ContainerCreating/)
    await apply(pod('env', { container: 'envFrom: [{configMapRef: {name: nope}}]' }))
    await until('get pod env', 'CreateContainerConfigError')
    await k('create secret generic later --from-literal=a=b')
    await k('wait --for=condition=Ready pod/blocked --timeout=90s')
  })

  test('C-T115 what is immutable stays', async () => {
    const { k, fails } = await world()
    await k('create secret generic fixed --from-literal=a=b')
    await k(`patch secret fixed -p '{"immutable":true}'`)
    expect(await fails(`patch secret fixed -p '{"stringData":{"a":"c"}}'`)).toContain(
      'field is immutable when `immutable` is set',
    )
    expect(await fails(`patch secret fixed -p '{"immutable":false}'`)).toContain(
      'field is immutable when `immutable` is set',
    )
  })

  test('C-T006 every namespace has the authority of the API server', async () => {
    const { k, until } = await world()
    await until('get cm', /kube-root-ca.crt +1/)
    expect(await k('get cm kube-root-ca.crt -o jsonpath={.data.ca\\.crt}')).toContain('BEGIN CERTIFICATE')
  })

  test('B4-93 A-S56 quotas and limit ranges', async () => {
    const { k, apply, fails, until } = await world()
    await k('create quota cap --hard=requests.cpu=1,requests.memory=1Gi,pods=2')
    await until('get quota cap -o jsonpath={.status.hard.pods}', '2')
    const asking = (name: string, cpu: string): string =>
      pod(name, { container: `resources: {requests: {cpu: ${cpu}, memory: 64Mi}}` })
    await apply(asking('one', '500m'))
    expect(await fails('apply -f -', asking('two', '600m'))).toContain(
      'exceeded quota: cap, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1',
    )
    expect(await fails('apply -f -', pod('none'))).toContain('must specify requests.cpu for: c; requests.memory for: c')
    await until('describe quota cap', /requests.cpu +500m +1/)
    const other = await world()
    await other.apply(`apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}}]}
`)
    await other.apply(pod('filled'))
    expect(await other.k('get pod filled -o jsonpath={.spec.containers[0].resources}')).toBe(
      '{"limits":{"cpu":"200m"},"requests":{"cpu":"100m"}}',
    )
    expect(await other.fails('apply -f -', pod('large', { container: 'resources: {limits: {cpu: "2"}}' }))).toContain(
      'maximum cpu usage per Container is 1, but limit is 2',
    )
  })

  test('B4-94 labels are checked, annotations are free', async () => {
    const { k, fails } = await world()
    await k('create configmap a')
    expect(await fails('label cm a "k=not valid!"')).toContain(
      'a valid label must be an empty string or consist of alphanumeric characters',
    )
    expect(await k('annotate cm a "k=not valid!"')).toBe('configmap/a annotated\n')
  })

  test('B4-101 YAML and JSON are stored alike', async () => {
    const { k, apply } = await world()
    await apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\ndata: {a: "1"}\n')
    await apply('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"},"data":{"a":"1"}}')
    expect(await k('get cm first -o jsonpath={.data}')).toBe(await k('get cm j -o jsonpath={.data}'))
  })

  test('B4-104 a cluster that starts again from its store goes on', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs')
    const folder = mkdtempSync('/tmp/chartctl-again-')
    const first = await ownWorld({ storage: 'lmdb', dataDir: folder })
    await first.k('create deployment web --image=nginx --replicas=2 -n default')
    await first.k('rollout status deployment/web --timeout=90s -n default')
    const names = await first.k('get pods -o name -n default')
    await first.cluster.stop()
    const again = await ownWorld({ storage: 'lmdb', dataDir: folder })
    expect(await again.k('get pods -o name -n default')).toBe(names)
    await again.k('scale deployment web --replicas=3 -n default')
    await again.until('get deployment web -n default', /3\/3/)
    expect(await again.k('get pods -n default')).not.toMatch(/Running +[1-9]/)
    await again.cluster.stop()
    rmSync(folder, { recursive: true })
  })
})
