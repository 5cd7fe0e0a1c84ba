import { beforeAll, describe, expect, test } from 'vitest'
import { haveKubectl, pod, scenarioCluster, ownWorld, type World } from './world.ts'

const volume = (
  name: string,
  size: string,
  parts: { mode?: string; policy?: string; class?: string; extra?: string } = {},
): string => `---
apiVersion: v1
kind: PersistentVolume
metadata: {name: ${name}, labels: {volume: ${name}}}
spec:
  capacity: {storage: ${size}}
  accessModes: [${parts.mode ?? 'ReadWriteOnce'}]
  persistentVolumeReclaimPolicy: ${parts.policy ?? 'Retain'}
  storageClassName: ${parts.class ?? 'manual'}
  ${parts.extra ?? `nfs: {server: 10.0.0.9, path: /${name}}`}
`
const claim = (
  name: string,
  size: string,
  parts: { mode?: string; class?: string; extra?: string } = {},
): string => `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec:
  accessModes: [${parts.mode ?? 'ReadWriteOnce'}]
  resources: {requests: {storage: ${size}}}
${parts.class === undefined ? '' : `  storageClassName: "${parts.class}"\n`}${parts.extra === undefined ? '' : `  ${parts.extra}\n`}`
const using = (name: string, claimName: string, extra = ''): string =>
  pod(name, {
    container: 'volumeMounts: [{name: data, mountPath: /data}]',
    spec: `volumes: [{name: data, persistentVolumeClaim: {claimName: ${claimName}}}]${extra}`,
  })

describe.skipIf(!haveKubectl)('storage', { concurrent: true, timeout: 240_000 }, () => {
  let world: () => Promise<World>
  beforeAll(async () => {
    world = await scenarioCluster({ nodes: 2 })
  })

  test('A-S16 C-T063 C-T064 B4-82 B4-85 a claim takes the smallest volume that is large enough', async () => {
    const { k, apply, until, namespace } = await world()
    await apply(
      volume('s16-10m', '10M', { mode: 'ReadWriteMany', class: 's16' }) +
        volume('s16-1gi', '1Gi', { mode: 'ReadWriteMany', class: 's16' }) +
        volume('s16-3gi', '3Gi', { mode: 'ReadWriteMany', class: 's16' }),
    )
    await until('get pv s16-1gi', /s16-1gi +1Gi +RWX +Retain +Available +s16 +<unset>/)
    await apply(claim('data', '200Mi', { mode: 'ReadWriteMany', class: 's16' }))
    await until('get pvc data', /data +Bound +s16-1gi +1Gi +RWX +s16 +<unset>/)
    expect(await k('get pv s16-1gi')).toMatch(new RegExp(`Bound +${namespace}/data`))
    expect(await k('get pv s16-10m s16-3gi')).toMatch(/Available[\s\S]*Available/)
    for (const name of ['a', 'b']) await apply(using(name, 'data'))
    await k('wait --for=condition=Ready pod/a pod/b --timeout=90s')
    await k('exec a -- sh -c "echo shared > /data/file"')
    expect(await k('exec b -- cat /data/file')).toBe('shared\n')
  })

  test('A-S17 C-T066 protection of a claim in use, and reclaim policies', async () => {
    const { k, apply, until, namespace, background } = await world()
    await apply(volume('s17-retain', '1Gi', { class: 's17' }) + claim('kept', '1Gi', { class: 's17' }))
    await apply(using('user', 'kept'))
    await k('wait --for=condition=Ready pod/user --timeout=90s')
    const deleting = background('delete pvc kept')
    await until('get pvc kept', /kept +Terminating/)
    expect(await k('get pod user')).toContain('Running')
    await k('delete pod user')
    await deleting.ended
    await until('get pv s17-retain', new RegExp(`Released +${namespace}/kept`))
    await apply(
      volume('s17-recycle', '1Gi', { class: 's17r', policy: 'Recycle' }) + claim('recycled', '1Gi', { class: 's17r' }),
    )
    await until('get pvc recycled', 'Bound')
    await k('delete pvc recycled')
    await until('get pv s17-recycle', /Available/)
  })

  test('A-S19 A-S21 C-T068 the default class provides a volume when a pod needs it', async () => {
    const { k, apply, until } = await world()
    await apply(claim('auto', '1Gi'))
    await until('describe pvc auto', /WaitForFirstConsumer .*waiting for first consumer to be created before binding/)
    expect(await k('get pvc auto')).toMatch(/auto +Pending +local-path/)
    await apply(using('consumer', 'auto'))
    await k('wait --for=condition=Ready pod/consumer --timeout=90s')
    expect(await k('get pvc auto')).toMatch(/auto +Bound +pvc-\S+ +1Gi +RWO +local-path/)
    const name = await k('get pvc auto -o jsonpath={.spec.volumeName}')
    await k('delete pod consumer')
    await k('delete pvc auto')
    await until(`get pv ${name} --ignore-not-found -o name`, /^$/)
  })

  test('A-S20 a class whose provisioner is not there leaves claims pending', async () => {
    const { k, apply, until } = await world()
    await apply(
      'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s20}\nprovisioner: example.com/nfs\n',
    )
    await apply(claim('waits', '1Gi', { class: 's20' }))
    await until(
      'describe pvc waits',
      /ExternalProvisioning .*Waiting for a volume to be created either by the external provisioner 'example.com\/nfs'/,
    )
    expect(await k('get pvc waits')).toContain('Pending')
  })

  test('C-T067 B4-83 B4-84 what does not fit is not bound; a volume that goes leaves its claim lost', async () => {
    const { k, apply, until } = await world()
    await apply(volume('t67', '5Gi', { class: 't67' }))
    await apply(
      claim('large', '8Gi', { class: 't67' }) +
        claim('mode', '1Gi', { class: 't67', mode: 'ReadWriteMany' }) +
        claim('class', '1Gi', { class: 't67x' }) +
        claim('selector', '1Gi', { class: 't67', extra: 'selector: {matchLabels: {volume: other}}' }),
    )
    await until('describe pvc large', 'storageclass.storage.k8s.io "t67" not found')
    await apply(claim('classless', '1Gi', { class: '' }))
    await until('describe pvc classless', 'no persistent volumes available for this claim and no storage class is set')
    expect((await k('get pvc')).match(/Pending/g)).toHaveLength(5)
    await apply(claim('fits', '5Gi', { class: 't67', extra: 'selector: {matchLabels: {volume: t67}}' }))
    await until('get pvc fits', 'Bound')
    await k(`patch pv t67 --type=merge -p '{"metadata":{"finalizers":null}}'`)
    await k('delete pv t67 --wait=false')
    await k(`patch pv t67 --type=merge -p '{"metadata":{"finalizers":null}}'`).catch(() => '')
    await until('get pvc fits', 'Lost')
  })

  test('A-S18 B4-78 a volume of one pod is refused to a second one', async () => {
    const { k, apply, until } = await world()
    await apply(
      volume('s18', '1Gi', {
        class: 's18',
        mode: 'ReadWriteOncePod',
        extra: 'csi: {driver: d.example, volumeHandle: h}',
      }),
    )
    await apply(claim('alone', '1Gi', { class: 's18', mode: 'ReadWriteOncePod' }))
    await apply(using('first', 'alone'))
    await k('wait --for=condition=Ready pod/first --timeout=90s')
    await apply(using('second', 'alone'))
    await until(
      'describe pod second',
      /PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod/,
    )
  })

  test('A-S07 B4-75 A-S06 containers of a pod share an emptyDir, which goes with the pod', async () => {
    const { k, apply } = await world()
    const shared = `apiVersion: v1
kind: Pod
metadata: {name: share}
spec:
  volumes: [{name: v, emptyDir: {}}]
  containers:
    - {name: one, image: busybox, volumeMounts: [{name: v, mountPath: /one}]}
    - {name: two, image: busybox, volumeMounts: [{name: v, mountPath: /two}]}
`
    await apply(shared)
    await k('wait --for=condition=Ready pod/share --timeout=90s')
    await k('exec share -c one -- sh -c "echo hello > /one/file"')
    expect(await k('exec share -c two -- cat /two/file')).toBe('hello\n')
    await k('delete pod share')
    await apply(shared)
    await k('wait --for=condition=Ready pod/share --timeout=90s')
    expect(await k('exec share -c two -- ls /two')).toBe('')
  })

  test('B4-76 C-T060 C-T061 B4-79 A-S15 a hostPath belongs to its node, an NFS export to its server', async () => {
    const { k, apply } = await world()
    const two = (name: string, node: string): string =>
      pod(name, {
        container: 'volumeMounts: [{name: h, mountPath: /h}, {name: nfs, mountPath: /n}, {name: e, mountPath: /e}]',
        spec: `nodeName: ${node}, volumes: [{name: h, hostPath: {path: /data}}, {name: nfs, nfs: {server: 10.0.0.9, path: /export}}, {name: e, emptyDir: {}}]`,
      })
    await apply(two('a', 'chartctl-node'))
    await apply(two('b', 'chartctl-node'))
    await apply(two('c', 'chartctl-node-2'))
    await k('wait --for=condition=Ready pod/a pod/b pod/c --timeout=90s')
    await k('exec a -- sh -c "echo x > /h/file; echo y > /n/file; echo z > /e/file"')
    expect(await k('exec b -- ls /h /n /e')).toBe('/h:\nfile\n\n/n:\nfile\n\n/e:\n')
    expect(await k('exec c -- sh -c "ls /h; cat /n/file"')).toBe('y\n')
    await k('delete pod a b')
    await apply(two('a', 'chartctl-node'))
    await k('wait --for=condition=Ready pod/a --timeout=90s')
    expect(await k('exec a -- sh -c "cat /h/file; ls /e"')).toBe('x\n')
  })

  test('C-T065 a claim on an export shows what a direct mount of it shows', async () => {
    const { k, apply, until } = await world()
    await apply(
      volume('t65', '1Gi', { class: 't65', extra: 'nfs: {server: 10.0.0.8, path: /shared}' }) +
        claim('t65', '1Gi', { class: 't65' }),
    )
    await until('get pvc t65', 'Bound')
    await apply(
      pod('both', {
        container: 'volumeMounts: [{name: claimed, mountPath: /claimed}, {name: direct, mountPath: /direct}]',
        spec: 'volumes: [{name: claimed, persistentVolumeClaim: {claimName: t65}}, {name: direct, nfs: {server: 10.0.0.8, path: /shared}}]',
      }),
    )
    await k('wait --for=condition=Ready pod/both --timeout=90s')
    await k('exec both -- sh -c "echo x > /claimed/file"')
    expect(await k('exec both -- cat /direct/file')).toBe('x\n')
  })

  test('B4-80 a git repository as a volume is warned of', async () => {
    const { run } = await world()
    const manifest = pod('git', { spec: 'volumes: [{name: g, gitRepo: {repository: "https://e.example/x"}}]' })
    expect((await run('apply -f -', manifest)).stderr).toContain(
      'gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
    )
  })

  test('A-S54 a class is described with its annotations as they are stored', async () => {
    const { k, cluster } = await ownWorld()
    const annotation = '{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass"}\n'
    const object = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'golden',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': annotation,
          'storageclass.kubernetes.io/is-default-class': 'true',
        },
      },
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    }
    await cluster.transport.request({ method: 'POST', path: '/apis/storage.k8s.io/v1/storageclasses', body: object })
    expect(await k('describe sc golden')).toBe(`Name:            golden
IsDefaultClass:  Yes
Annotations:     kubectl.kubernetes.io/last-applied-configuration=${annotation},storageclass.kubernetes.io/is-default-class=true
Provisioner:           rancher.io/local-path
Parameters:            <none>
AllowVolumeExpansion:  <unset>
MountOptions:          <none>
ReclaimPolicy:         Delete
VolumeBindingMode:     WaitForFirstConsumer
Events:                <none>
`)
  })
})
