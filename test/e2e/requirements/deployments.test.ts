import { beforeAll, describe, expect, test } from 'vitest'
import { deployment, haveKubectl, scenarioCluster, type World } from './world.ts'

describe.skipIf(!haveKubectl)(
  'deployments, replica sets and replication controllers',
  { concurrent: true, timeout: 240_000 },
  () => {
    let world: () => Promise<World>
    beforeAll(async () => {
      world = await scenarioCluster({ nodes: 3 })
    })

    test('A-S08 A-S51 B4-40 C-T070 C-T071 a deleted pod is replaced; names and labels', async () => {
      const { k, apply, background, until } = await world()
      await apply(deployment('my-tomcat', { replicas: 3 }))
      await k('rollout status deployment/my-tomcat --timeout=90s')
      expect(await k('get deployment my-tomcat')).toMatch(/my-tomcat +3\/3 +3 +3 /)
      const set = (await k('get rs -o jsonpath={.items[0].metadata.name}')).trim()
      expect(set).toMatch(/^my-tomcat-[a-z0-9]{7,10}$/)
      const before = (await k('get pods -o jsonpath={.items[*].metadata.name}')).split(' ')
      for (const name of before) expect(name).toMatch(new RegExp(`^${set}-[a-z0-9]{5}$`))
      const watch = background('get pods -w')
      await watch.until(/my-tomcat/)
      await k(`delete pod ${before[0]}`)
      await watch.until(new RegExp(`${before[0]} .*Terminating`))
      await k('rollout status deployment/my-tomcat --timeout=90s')
      await until('get deployment my-tomcat', /3\/3/)
      const after = (await k('get pods -o jsonpath={.items[*].metadata.name}')).split(' ')
      expect(after).toHaveLength(3)
      expect(after).toContain(before[1])
      expect(after).toContain(before[2])
      await watch.stop()
      expect(await k('get pods --show-labels')).toMatch(/app=my-tomcat,pod-template-hash=/)
    })

    test('A-S09 B4-45 C-T079 scaling makes no new replica set', async () => {
      const { k, apply, until, write } = await world()
      await k('create deployment web --image=nginx --replicas=3')
      expect(await k('scale --replicas=5 deployment web')).toBe('deployment.apps/web scaled\n')
      await until('get deployment web', /5\/5 +5 +5/)
      write('editor', '#!/bin/sh\nsed -i "s/replicas: 5/replicas: 2/" "$1"\n')
      expect(await k('edit deployment web')).toBe('deployment.apps/web edited\n')
      await until('get deployment web', /2\/2 +2 +2/)
      await apply(deployment('other', { replicas: 4 }))
      await until('get deployment other', /4\/4/)
      expect((await k('get rs -l app=web -o name')).trim().split('\n')).toHaveLength(1)
      expect(await k('describe deployment web')).toMatch(
        /ScalingReplicaSet .*Scaled up replica set web-\w+ from 3 to 5/,
      )
      expect(await k('describe deployment web')).toMatch(/Scaled down replica set web-\w+ from 5 to 2/)
    })

    test('A-S10 B4-43 C-T072 C-T074 C-T075 C-T076 history is renumbered by undo', async () => {
      const { k, run, fails } = await world()
      const ready = (): Promise<string> => k('rollout status deployment web --timeout=90s')
      const image = (): Promise<string> => k('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}')
      await k('create deployment web --image=nginx:1.20 --replicas=2')
      await ready()
      await k('set image deployment web nginx=nginx:1.21')
      await ready()
      const recorded = await run('set image deployment web nginx=nginx:1.22 --record')
      expect(recorded.stderr).toContain('Flag --record has been deprecated')
      await ready()
      expect(await k('rollout history deployment web')).toMatch(
        /\n1 +<none>\n2 +<none>\n3 +kubectl set image .*--record=true\n/,
      )
      expect(await k('rollout history deployment web --revision=2')).toContain('Image:\tnginx:1.21')
      expect(await k('rollout undo deployment web')).toBe('deployment.apps/web rolled back\n')
      await ready()
      expect(await image()).toBe('nginx:1.21')
      expect(await k('rollout history deployment web')).toMatch(/\n1 +<none>\n3 +kubectl .*\n4 +<none>\n/)
      await k('rollout undo deployment web --to-revision=1')
      await ready()
      expect(await image()).toBe('nginx:1.20')
      expect(await k('rollout history deployment web')).toMatch(/\n3 +kubectl .*\n4 +<none>\n5 +<none>\n/)
      expect(await fails('rollout undo deployment web --to-revision=77')).toContain(
        'unable to find specified revision 77 in history',
      )
      expect(await run('rollout undo deployment web --to-revision=5')).toMatchObject({
        stdout: expect.stringContaining('skipped rollback'),
      })
    })

    test('A-S37 B4-42 changes outside of the template make no rollout', async () => {
      const { k, apply, until } = await world()
      await apply(deployment('web'))
      await k('rollout status deployment web --timeout=90s')
      await k('annotate deployment web note=x')
      await k(`patch deployment web -p '{"spec":{"minReadySeconds":1}}'`)
      // The annotations of a deployment count, too.
      await until('get deployment web -o jsonpath={.status.observedGeneration}', '3')
      expect((await k('get rs -o name')).trim().split('\n')).toHaveLength(1)
      await k(`patch deployment web -p '{"spec":{"template":{"metadata":{"labels":{"x":"y"}}}}}'`)
      await k('rollout status deployment web --timeout=90s')
      expect((await k('get rs -o name')).trim().split('\n')).toHaveLength(2)
      expect(await k('wait --for=condition=Available deployment/web --timeout=90s')).toContain('condition met')
    })

    test('A-S38 a rollout with an image that cannot be pulled hangs, old pods serve, undo mends it', async () => {
      const { k, apply, until, run } = await world()
      await apply(
        deployment('web', { replicas: 2, spec: 'progressDeadlineSeconds: 2', pod: 'terminationGracePeriodSeconds: 1' }),
      )
      await k('rollout status deployment web --timeout=90s')
      await k(
        `patch deployment web -p '{"spec":{"template":{"metadata":{"annotations":{"simulate.chartctl.dev/pull-error":"true"}}}}}'`,
      )
      await until('get pods', /ErrImagePull|ImagePullBackOff/)
      expect(await k('get deployment web')).toMatch(/web +2\/2 +1 +2/)
      const status = await run('rollout status deployment web --timeout=15s')
      expect(status.exit).toBe(1)
      expect(status.stderr).toContain('error: deployment "web" exceeded its progress deadline')
      await k('rollout undo deployment web')
      await k('rollout status deployment web --timeout=90s')
      await until('get pods -o name', /^(pod\/\S+\n){2}$/)
    })

    test('A-S39 B4-46 the limit of the history', async () => {
      const { k, apply, fails, until } = await world()
      await apply(deployment('web', { spec: 'revisionHistoryLimit: 0' }))
      await k('rollout status deployment web --timeout=90s')
      await k('set image deployment web nginx=nginx:2')
      await k('rollout status deployment web --timeout=90s')
      await until('get rs -o name', /^replicaset.apps\/\S+\n$/)
      expect(await fails('rollout undo deployment web')).toContain('no rollout history found for deployment "web"')
    })

    test('A-S40 B4-44 a paused deployment collects changes', async () => {
      const { k, apply, until } = await world()
      await apply(deployment('web'))
      await k('rollout status deployment web --timeout=90s')
      expect(await k('rollout pause deployment web')).toBe('deployment.apps/web paused\n')
      await k('set image deployment web nginx=nginx:9')
      await k('set resources deployment web -c nginx --limits=cpu=200m,memory=128Mi --requests=cpu=100m,memory=64Mi')
      await until('get deployment web -o jsonpath={.status.observedGeneration}', '4')
      expect(await k('get deployment web -o yaml')).toContain('image: nginx:9')
      expect(await k('get pods -o jsonpath={.items[*].spec.containers[0].image}')).toBe('nginx:1.20')
      expect(await k('rollout resume deployment web')).toBe('deployment.apps/web resumed\n')
      await k('rollout status deployment web --timeout=90s')
      expect((await k('get rs -o name')).trim().split('\n')).toHaveLength(2)
      expect(await k('describe pods')).toContain('memory:  128Mi')
    })

    test('B4-35 B4-41 C-T077 C-T078 a rolling update stays within its limits', async () => {
      const { k, apply, background } = await world()
      await apply(
        deployment('web', { replicas: 4, spec: 'strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}' }),
      )
      await k('rollout status deployment web --timeout=90s')
      const watch = background(
        `get deployment web -w -o 'jsonpath={.status.availableReplicas}/{.status.replicas}{"\\n"}'`,
      )
      await watch.until('4/4')
      await k(
        `patch deployment web -p '{"spec":{"template":{"metadata":{"annotations":{"simulate.chartctl.dev/ready-after":"300ms"}}}}}'`,
      )
      await k('rollout status deployment web --timeout=90s')
      await watch.stop()
      const seen = watch
        .output()
        .trim()
        .split('\n')
        .map((line) => line.split('/').map(Number))
      expect(seen.length).toBeGreaterThan(3)
      for (const [available = 0, all = 0] of seen) {
        expect(available).toBeGreaterThanOrEqual(3)
        expect(all).toBeLessThanOrEqual(5)
      }
      await apply(deployment('plain'))
      expect(await k('get deployment plain -o jsonpath={.spec.strategy.rollingUpdate}')).toBe(
        '{"maxSurge":"25%","maxUnavailable":"25%"}',
      )
    })

    test('B4-47 all at once', async () => {
      const { k, apply } = await world()
      await apply(deployment('web', { replicas: 2, spec: 'strategy: {type: Recreate}' }))
      await k('rollout status deployment web --timeout=90s')
      await k('set image deployment web nginx=nginx:2')
      await k('rollout status deployment web --timeout=90s')
      expect(await k('describe deployment web')).toMatch(/Scaled down replica set web-\w+ from 2 to 0/)
    })

    test('C-T080 names that are not valid', async () => {
      const { fails, run } = await world()
      const manifest = deployment('web', { pod: 'volumes: [{name: vol-CM, configMap: {name: a}}]' }).replace(
        'ports:',
        'volumeMounts: [{name: vol-CM, mountPath: /a}]\n          ports:',
      )
      const error = await fails('apply -f -', manifest)
      expect(error).toContain('spec.template.spec.volumes[0].name: Invalid value: "vol-CM": a lowercase RFC 1123 label')
      expect(error).toContain('spec.template.spec.containers[0].volumeMounts[0].name: Not found: "vol-CM"')
      expect((await run('get deployments')).stdout).toBe('')
    })

    const controller = (name: string, replicas: number): string => `apiVersion: v1
kind: ReplicationController
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {app: ${name}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: c, image: nginx}]}
`

    test('B4-30 B4-31 B4-33 B4-34 a replication controller keeps its number', async () => {
      const { k, apply, until } = await world()
      await apply(controller('rc1', 1))
      await until('get rc rc1', /rc1 +1 +1 +1/)
      expect(await k('scale rc rc1 --replicas=3')).toBe('replicationcontroller/rc1 scaled\n')
      await until('get rc rc1', /rc1 +3 +3 +3/)
      const [first = ''] = (await k('get pods -o name')).trim().split('\n')
      await k(`delete ${first}`)
      await until('get rc rc1', /rc1 +3 +3 +3/)
      expect(await k('delete rc rc1 --cascade=orphan')).toContain('replicationcontroller "rc1" deleted')
      await until('get pods -o jsonpath={.items[*].metadata.ownerReferences}', /^$/)
      expect((await k('get pods -o name')).trim().split('\n')).toHaveLength(3)
      await apply(controller('rc1', 3))
      await until('get rc rc1', /rc1 +3 +3 +3/)
      await k('scale rc rc1 --replicas=0')
      await until('get pods -o name', /^$/)
      await k('scale rc rc1 --replicas=1')
      await k('delete rc rc1')
      await until('get pods -o name', /^$/)
    })

    test('B4-32 B4-23 surplus pods are stopped; a pod that loses its label is replaced', async () => {
      const { k, apply, until } = await world()
      await apply(controller('rc2', 2))
      await until('get rc rc2', /rc2 +2 +2 +2/)
      await k('run extra --image=nginx --labels=app=rc2')
      await until('get pods -o name', /^(pod\/\S+\n){2}$/)
      await k('expose rc rc2 --port=80')
      const [first = ''] = (await k('get pods -o name')).trim().split('\n')
      const ip = await k(`get ${first} -o jsonpath={.status.podIP}`)
      await until('get endpoints rc2 -o jsonpath={.subsets[0].addresses[*].ip}', ip)
      await k(`label ${first} app-`)
      await until('get pods -o name', /^(pod\/\S+\n){3}$/)
      await until('get rc rc2', /rc2 +2 +2 +2/)
      expect(await k('get endpoints rc2 -o jsonpath={.subsets[*].addresses[*].ip}')).not.toContain(`${ip} `)
    })

    test('B4-21 B4-36 B4-37 set-based selectors belong to replica sets', async () => {
      const { apply, until, fails } = await world()
      const set = `apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: rs1}
spec:
  replicas: 2
  selector:
    matchLabels: {app: rs1}
    matchExpressions: [{key: tier, operator: In, values: [front]}, {key: old, operator: DoesNotExist}]
  template:
    metadata: {labels: {app: rs1, tier: front}}
    spec: {containers: [{name: c, image: nginx}]}
`
      await apply(set)
      await until('get rs rs1', /rs1 +2 +2 +2/)
      expect(await fails('apply -f -', set.replace('    matchExpressions', '  matchExpressions'))).toContain(
        'unknown field "spec.matchExpressions"',
      )
      expect(
        await fails(
          'apply -f -',
          controller('rc3', 1).replace('{app: rc3}', '{matchExpressions: [{key: a, operator: Exists}]}'),
        ),
      ).toMatch(/cannot unmarshal|unknown field|error validating/i)
    })
  },
)
