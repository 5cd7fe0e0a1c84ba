import { describe, expect, test } from 'vitest'
import { deployment, haveKubectl, ownWorld, pod } from './world.ts'

/** A pod that goes where only a node's name decides. */
const pinned = (name: string, node: string, tolerations = ''): string =>
  pod(name, { spec: `nodeName: ${node}${tolerations === '' ? '' : `, tolerations: [${tolerations}]`}` })

describe.skipIf(!haveKubectl)('nodes', { concurrent: true, timeout: 240_000 }, () => {
  test('B4-01 B4-02 B4-04 C-T030 C-T031 C-T051 nodes are listed, described, labelled', async () => {
    const { k } = await ownWorld({ nodes: 2 })
    expect(await k('get nodes')).toMatch(
      /NAME +STATUS +ROLES +AGE +VERSION\nchartctl-node +Ready +<none> .*v1\.36\.\d+\nchartctl-node-2 +Ready/,
    )
    await k('run web --image=nginx')
    await k('wait --for=condition=Ready pod/web --timeout=90s')
    const text = await k('describe node chartctl-node')
    for (const section of [
      'Roles:',
      'Taints:             <none>',
      'Unschedulable:      false',
      'Lease:',
      'Conditions:',
      'Addresses:',
      'Capacity:',
      'Allocatable:',
      'System Info:',
      'PodCIDR:',
      'Non-terminated Pods:',
      'Allocated resources:',
      'Events:',
    ]) {
      expect(text).toContain(section)
    }
    for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure'])
      expect(text).toMatch(new RegExp(`${type} +False`))
    expect(text).toMatch(/Ready +True .*KubeletReady +kubelet is posting ready status/)
    expect(text).toMatch(/HolderIdentity: +chartctl-node/)
    expect(await k('label nodes chartctl-node-2 zzz=yyy disk=ssd')).toBe('node/chartctl-node-2 labeled\n')
    expect(await k('get node chartctl-node-2 --show-labels')).toMatch(
      /beta\.kubernetes\.io\/arch=\w+,.*disk=ssd,.*zzz=yyy/,
    )
    expect(await k('label node chartctl-node-2 disk-')).toBe('node/chartctl-node-2 unlabeled\n')
    await k('label node chartctl-node node-role.kubernetes.io/master= node-role.kubernetes.io/work1=')
    expect(await k('get node chartctl-node')).toMatch(/master,work1/)
    await k('taint node chartctl-node k=v:NoSchedule')
    expect(await k('describe node chartctl-node')).toMatch(/Taints: +k=v:NoSchedule/)
  })

  test('A-S31 B4-22 B4-24 C-T033 C-T034 a node selector decides, also later', async () => {
    const { k, apply, until } = await ownWorld({ nodes: 3 })
    await k('label node chartctl-node-2 aaa=bbb')
    const selecting = pod('pod1', { spec: 'nodeSelector: {aaa: bbb}' })
    await apply(selecting)
    await until('get pod pod1 -o wide', /Running .*chartctl-node-2 /)
    await k('delete pod pod1')
    await k('label node chartctl-node-2 aaa-')
    await apply(selecting)
    expect(await until('get pod pod1 -o wide', /pod1 +0\/1 +Pending +0 +\S+ +<none> +<none>/)).toBeTruthy()
    await until(
      'describe pod pod1',
      /FailedScheduling .*0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity\/selector\./,
    )
    await k('label node chartctl-node-3 aaa=bbb')
    await until('get pod pod1 -o wide', /Running .*chartctl-node-3 /)
    await k('label node chartctl-node-3 xxx=test yyy=test')
    await k('label node chartctl-node xxx=test yyy=test zzz=test')
    await apply(pod('all', { spec: 'nodeSelector: {xxx: test, yyy: test, zzz: test}' }))
    await until('get pod all -o wide', /Running .*chartctl-node /)
  })

  test('B4-06 B4-100 B4-12 B4-14 what does not fit stays pending; requests add up', async () => {
    const { k, apply, until } = await ownWorld({ nodes: 2 })
    await apply(pod('huge', { container: 'resources: {requests: {cpu: "1000"}}' }))
    await until('describe pod huge', /0\/2 nodes are available: 2 Insufficient cpu\./)
    await apply(
      pod('fits', {
        container: 'resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: 500m, memory: 128Mi}}',
      }),
    )
    await k('wait --for=condition=Ready pod/fits --timeout=90s')
    const node = await k('get pod fits -o jsonpath={.spec.nodeName}')
    const text = await k(`describe node ${node}`)
    expect(text).toMatch(/fits +250m \(0%\) +500m \(0%\) +64Mi \(0%\) +128Mi \(0%\)/)
    expect(text).toMatch(/cpu +250m \(0%\) +500m \(0%\)/)
    await k(`annotate node ${node} simulate.chartctl.dev/DiskPressure=True`)
    await until(`get node ${node} -o jsonpath={.spec.taints[*].key}`, 'node.kubernetes.io/disk-pressure')
    await k('run other --image=nginx')
    await k('wait --for=condition=Ready pod/other --timeout=90s')
    expect(await k('get pod other -o jsonpath={.spec.nodeName}')).not.toBe(node)
    await k(`annotate node ${node} simulate.chartctl.dev/DiskPressure-`)
    await until(`get node ${node} -o jsonpath={.spec.taints}`, /^$/)
  })

  test('A-S30 B4-05 a lost node is noticed, its pods are replaced elsewhere', async () => {
    const { k, apply, until, clock } = await ownWorld({ nodes: 2 })
    await apply(deployment('web', { replicas: 4 }))
    await k('rollout status deployment web --timeout=90s')
    await k('annotate node chartctl-node-2 simulate.chartctl.dev/lost=true')
    await clock.advance(60_000)
    await until('get node chartctl-node-2', /NotReady/)
    expect(await k('describe node chartctl-node-2')).toMatch(
      /Ready +Unknown .*NodeStatusUnknown +Kubelet stopped posting node status\./,
    )
    await until('get node chartctl-node-2 -o jsonpath={.spec.taints[*].key}', 'node.kubernetes.io/unreachable')
    await clock.advance(310_000)
    await until('get deployment web', /4\/4/)
    await until('get pods -o wide', /Terminating .*chartctl-node-2/)
    await k('annotate node chartctl-node-2 simulate.chartctl.dev/lost-')
    await until('get node chartctl-node-2', / Ready/)
    await until('get pods -o name', /^(pod\/\S+\n){4}$/)
  })

  test('A-S49 C-T040 C-T041 C-T042 C-T043 cordon, drain, uncordon', async () => {
    const { k, apply, until, run } = await ownWorld({ nodes: 2 })
    expect(await k('cordon chartctl-node-2')).toBe('node/chartctl-node-2 cordoned\n')
    expect(await k('get node chartctl-node-2')).toContain('Ready,SchedulingDisabled')
    for (const name of ['one', 'two']) await apply(pod(name))
    await until('get pods -o jsonpath={.items[*].spec.nodeName}', 'chartctl-node chartctl-node')
    await k('delete pod one two')
    expect(await k('uncordon chartctl-node-2')).toBe('node/chartctl-node-2 uncordoned\n')
    await apply(`apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ds}
spec: {selector: {matchLabels: {app: ds}}, template: {metadata: {labels: {app: ds}}, spec: {containers: [{name: c, image: x}]}}}
`)
    await apply(deployment('web', { replicas: 6 }))
    await k('rollout status deployment web --timeout=90s')
    await until('get pods -l app=web -o jsonpath={.items[*].spec.nodeName}', /(?=(.*node-2){3})(?=(.*node\b(?!-)){3})/)
    await apply(pinned('bare', 'chartctl-node'))
    const refused = await run('drain chartctl-node')
    expect(refused.exit).toBe(1)
    expect(refused.stdout).toBe('node/chartctl-node cordoned\n')
    expect(refused.stderr).toMatch(
      /cannot delete DaemonSet-managed Pods \(use --ignore-daemonsets to ignore\): ns\d+\/ds-/,
    )
    expect(refused.stderr).toMatch(/declare no controller \(use --force to override\): ns\d+\/bare/)
    const drained = await run('drain chartctl-node --ignore-daemonsets --force')
    expect(drained.exit).toBe(0)
    expect(drained.stdout).toMatch(
      /already cordoned[\s\S]*evicting pod ns\d+\/web-[\s\S]*pod\/web-\S+ evicted[\s\S]*node\/chartctl-node drained/,
    )
    await until('get deployment web', /6\/6/)
    expect(await k('get pods -l app=web -o jsonpath={.items[*].spec.nodeName}')).toMatch(/^(chartctl-node-2 ?){6}$/)
  })

  test('C-T043 a disruption budget makes drain wait', async () => {
    const { k, apply, until, background } = await ownWorld({ nodes: 2 })
    await k('cordon chartctl-node-2')
    await apply(deployment('web', { replicas: 2 }))
    await k('rollout status deployment web --timeout=90s')
    await k('create poddisruptionbudget web --selector=app=web --min-available=2')
    await until('get pdb web', /web +2 +N\/A +0/)
    const drain = background('drain chartctl-node')
    await drain.until("Cannot evict pod as it would violate the pod's disruption budget.")
    await k('delete pdb web')
    await drain.until('node/chartctl-node drained')
  })

  test('C-T045 C-T046 C-T047 C-T050 taints keep pods away', async () => {
    const { k, apply, until, run } = await ownWorld({ nodes: 2 })
    await k('taint nodes --all a=b:NoSchedule')
    await apply(pod('pod1'))
    await until('describe pod pod1', /0\/2 nodes are available: 2 node\(s\) had untolerated taint\(s\)/)
    await apply(pod('exists', { spec: 'tolerations: [{operator: Exists}]' }))
    await apply(pod('key', { spec: 'tolerations: [{key: a, operator: Exists, effect: NoSchedule}]' }))
    await apply(pod('other', { spec: 'tolerations: [{key: a, operator: Equal, value: c}]' }))
    await k('wait --for=condition=Ready pod/exists pod/key --timeout=90s')
    expect(await k('get pod other')).toContain('Pending')
    await k('taint nodes --all a- ')
    await k('wait --for=condition=Ready pod/pod1 pod/other --timeout=90s')
    await k('taint nodes --all a=b:PreferNoSchedule')
    await k('run soft --image=nginx')
    await k('wait --for=condition=Ready pod/soft --timeout=90s')
    await k('taint nodes --all a=b:NoExecute')
    await until('get pods -o name', 'pod/exists\n')
    await apply(pinned('pinned', 'chartctl-node'))
    await until('get pod pinned -o name --ignore-not-found', /^$/)
    await apply(pod('tolerant', { spec: 'tolerations: [{key: a, operator: Equal, value: b, effect: NoExecute}]' }))
    await k('wait --for=condition=Ready pod/tolerant --timeout=90s')
    expect((await run('taint nodes --all a:NoExecute-')).stdout).toContain('untainted')
  })

  test('C-T048 C-T049 tolerationSeconds', async () => {
    const { k, apply, until, clock } = await ownWorld()
    const tolerating = (name: string, seconds: string): string =>
      pod(name, { spec: `tolerations: [{key: a, operator: Exists, effect: NoExecute${seconds}}]` })
    await apply(pod('pod1'))
    await apply(tolerating('pod2', ''))
    await apply(tolerating('pod22', ', tolerationSeconds: 1000'))
    await k('wait --for=condition=Ready pod/pod1 pod/pod2 pod/pod22 --timeout=90s')
    await k('taint node chartctl-node a=b:NoExecute')
    await until('get pods -o jsonpath={.items[*].metadata.name}', /^pod2 pod22$/)
    await clock.advance(500_000)
    await k('taint node chartctl-node a-')
    await clock.advance(2_000_000)
    expect(await k('get pods -o jsonpath={.items[*].metadata.name}')).toBe('pod2 pod22')
    await k('taint node chartctl-node a=b:NoExecute')
    await clock.advance(1_001_000)
    await until('get pods -o jsonpath={.items[*].metadata.name}', /^pod2$/)
    expect(await k('get events')).toContain('TaintManagerEviction')
  })

  test('B4-03 what a node can give is its capacity without what kubelet keeps back', async () => {
    const { apply, until } = await ownWorld()
    await apply(`apiVersion: v1
kind: Node
metadata: {name: small, annotations: {volumes.kubernetes.io/controller-managed-attach-detach: "true"}}
`)
    const { k } = await ownWorld()
    expect(await k('get node chartctl-node -o jsonpath={.status.capacity.memory}/{.status.allocatable.memory}')).toBe(
      '256Gi/262044Mi',
    )
    await until('get node small -o jsonpath={.status.allocatable.ephemeral-storage}', /^989560464998$/)
  })

  test('B4-107 nodes join and leave while the cluster runs', async () => {
    const { k, apply, until, clock } = await ownWorld()
    await apply(
      deployment('web', {
        replicas: 2,
        pod: `affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}`,
      }),
    )
    await until('get deployment web', /1\/2/)
    await until('describe pods', "1 node(s) didn't match pod anti-affinity rules")
    await apply('apiVersion: v1\nkind: Node\nmetadata: {name: more}\n')
    await until('get deployment web', /2\/2/)
    await k('delete node more')
    await clock.advance(120_000)
    await until('get deployment web', /1\/2/)
    expect(await k('get nodes -o jsonpath={.items[*].metadata.name}')).toBe('chartctl-node')
  })
})
