import { beforeAll, describe, expect, test } from 'vitest'
import { deployment, haveKubectl, ownWorld, scenarioCluster, type World } from './world.ts'

const stateful = (
  name: string,
  parts: { replicas?: number; spec?: string; claim?: boolean; image?: string } = {},
): string => `apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {clusterIP: None, selector: {app: ${name}}, ports: [{port: 80, name: web}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ${name}}
spec:
  serviceName: nginx
  replicas: ${parts.replicas ?? 2}
  selector: {matchLabels: {app: ${name}}}
${parts.spec === undefined ? '' : `  ${parts.spec}\n`}  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: nginx, image: ${parts.image ?? 'nginx:1.20'}${parts.claim ? ', volumeMounts: [{name: www, mountPath: /www}]' : ''}}]
${parts.claim ? '  volumeClaimTemplates: [{metadata: {name: www}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n' : ''}`

describe.skipIf(!haveKubectl)(
  'stateful sets, daemon sets, jobs and autoscalers',
  { concurrent: true, timeout: 240_000 },
  () => {
    let world: () => Promise<World>
    beforeAll(async () => {
      world = await scenarioCluster({ nodes: 3 })
    })

    test('A-S41 B4-50 B4-52 ordered pods with claims of their own', async () => {
      const { k, apply, until } = await world()
      await apply(stateful('web', { claim: true }))
      await k('rollout status statefulset/web --timeout=90s')
      expect(await k('get statefulset web')).toMatch(/web +2\/2/)
      const pods = JSON.parse(await k('get pods -o json')) as {
        items: { metadata: { name: string; creationTimestamp: string } }[]
      }
      expect(pods.items.map(({ metadata }) => metadata.name)).toEqual(['web-0', 'web-1'])
      expect(await k('get pvc')).toMatch(/www-web-0 +Bound .*\n.*www-web-1 +Bound/)
      const volume = await k('get pvc www-web-0 -o jsonpath={.spec.volumeName}')
      await k('exec web-0 -- sh -c "echo kept > /www/file"')
      await k('delete pod web-0')
      await until('get pods', /web-0 +1\/1 +Running/)
      expect(await k('get pvc www-web-0 -o jsonpath={.spec.volumeName}')).toBe(volume)
      expect(await k('exec web-0 -- cat /www/file')).toBe('kept\n')
      expect(await k('exec web-1 -- hostname -f')).toMatch(/^web-1\.nginx\.ns\d+\.svc\.cluster\.local\n$/)
      expect(await k('exec web-1 -- nslookup web-0.nginx')).toContain(
        await k('get pod web-0 -o jsonpath={.status.podIP}'),
      )
      expect(await k('exec web-1 -- nslookup nginx')).toContain(await k('get pod web-1 -o jsonpath={.status.podIP}'))
    })

    test('A-S42 B4-51 up in order, down in reverse, claims stay', async () => {
      const { k, apply, background } = await world()
      await apply(stateful('web', { claim: true }))
      await k('rollout status statefulset/web --timeout=90s')
      const watch = background('get pods -w --output-watch-events')
      await watch.until('web-1')
      await k('scale statefulset web --replicas=5')
      await k('rollout status statefulset/web --timeout=90s')
      await k('wait --for=condition=Ready pod/web-4 --timeout=90s')
      await k(`patch statefulset web -p '{"spec":{"replicas":3}}'`)
      await watch.until(/DELETED +web-3/)
      await watch.stop()
      const order = (event: string): string[] =>
        [...watch.output().matchAll(new RegExp(`${event} +(web-\\d)`, 'g'))].map(([, name = '']) => name)
      expect(order('ADDED')).toEqual(['web-0', 'web-1', 'web-2', 'web-3', 'web-4'])
      expect(order('DELETED')).toEqual(['web-4', 'web-3'])
      expect((await k('get pvc -o name')).trim().split('\n')).toHaveLength(5)
    })

    test('A-S43 a partition holds back the lower ordinals', async () => {
      const { k, apply, until } = await world()
      await apply(
        stateful('web', {
          replicas: 5,
          spec: 'updateStrategy: {rollingUpdate: {partition: 3}}\n  podManagementPolicy: Parallel',
        }),
      )
      await k('rollout status statefulset/web --timeout=90s')
      await k('set image statefulset web nginx=nginx:2')
      const images = 'get pods -o jsonpath={.items[*].spec.containers[0].image}'
      await until(images, /^(nginx:1.20 ){3}nginx:2 nginx:2$/)
      expect(await k('rollout status statefulset/web --timeout=90s')).toContain(
        'partitioned roll out complete: 2 new pods have been updated',
      )
      await k(`patch statefulset web -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`)
      await until(images, /^(nginx:2 ?){5}$/)
    })

    test('A-S44 OnDelete changes nothing by itself', async () => {
      const { k, apply, until } = await world()
      await apply(stateful('web', { spec: 'updateStrategy: {type: OnDelete}' }))
      await k('wait --for=jsonpath={.status.readyReplicas}=2 statefulset/web --timeout=90s')
      await k('set image statefulset web nginx=nginx:2')
      await until('get statefulset web -o jsonpath={.status.observedGeneration}', '2')
      expect(await k('get pods -o jsonpath={.items[*].spec.containers[0].image}')).toBe('nginx:1.20 nginx:1.20')
      await k('delete pod web-1')
      await until('get pods -o jsonpath={.items[*].spec.containers[0].image}', 'nginx:1.20 nginx:2')
    })

    test('A-S45 deletion leaves service and claims; without cascade also pods', async () => {
      const { k, apply, until } = await world()
      await apply(stateful('web', { claim: true }))
      await k('rollout status statefulset/web --timeout=90s')
      await k('delete statefulset web --cascade=orphan')
      await until('get statefulset -o name', /^$/)
      expect((await k('get pods -o name')).trim().split('\n')).toHaveLength(2)
      await apply(stateful('web', { claim: true }))
      await k('rollout status statefulset/web --timeout=90s')
      await k('delete statefulset web')
      await until('get pods -o name', /^$/)
      expect((await k('get pvc -o name')).trim().split('\n')).toHaveLength(2)
      expect(await k('get service nginx')).toContain('None')
      await k('delete pvc www-web-0 www-web-1')
      await until('get pvc -o name', /^$/)
    })

    test('A-S58 B4-70 a job runs to completion and is not restarted', async () => {
      const { k, apply } = await world()
      await apply(`apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec: {completions: 10, parallelism: 10, template: {spec: {restartPolicy: Never, containers: [{name: c, image: perl}]}}}
`)
      await k('wait --for=condition=Complete job/pi --timeout=90s')
      expect(await k('get job pi')).toMatch(/pi +Complete +10\/10/)
      const pods = await k('get pods')
      expect(pods.match(/Completed +0/g)).toHaveLength(10)
    })

    test('an indexed job tries each index by itself; the success policy ends the others', async () => {
      const { k, apply, until, clock } = await ownWorld()
      const indexed = (name: string, rules: string, metadata = ''): string => `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}${metadata}}
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  ${rules}
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}
`
      const fails = ', annotations: {simulate.chartctl.dev/exit-code: "3"}'
      await apply(indexed('each', 'backoffLimitPerIndex: 1', fails))
      // Each index has failed once. The last failure of an index is counted when its replacement is there.
      await until('get pods', /(each-[01]-\S+ +0\/1 +Error[\s\S]*){2}/)
      await clock.advance(11_000)
      await until('get job each -o jsonpath={.status.failedIndexes}', '0,1')
      await until('get pods', /each-2-\S+ +0\/1 +Error/)
      await clock.advance(11_000)
      await until('get job each', /each +Failed +0\/3/)
      const described = await k('describe job each')
      expect(described).toMatch(/0 Active \(0 Ready\) \/ 0 Succeeded \/ 6 Failed/)
      expect(described).toMatch(/Warning +FailedIndexes .*Job has failed indexes/)
      const counts = await k(
        'get pods -o jsonpath="{.items[*].metadata.annotations.batch\\.kubernetes\\.io/job-index-failure-count}"',
      )
      expect(counts.split(' ').sort().join('')).toBe('000111')

      const policy = 'successPolicy: {rules: [{succeededIndexes: "2"}, {succeededIndexes: "0"}]}'
      await apply(indexed('enough', policy, ', annotations: {simulate.chartctl.dev/run-for: 60s}'))
      await until('get job enough -o jsonpath={.status.ready}', '2')
      await clock.advance(61_000)
      await k('wait --for=condition=Complete job/enough --timeout=90s')
      expect(await k('get job enough -o jsonpath={.status.conditions[*].message}')).toContain(
        'Matched rules at index 1',
      )
    })

    test('A-S58 B4-71 a cron job makes jobs at its times', async () => {
      const { k, until, clock } = await ownWorld()
      await k('create cronjob tick --image=busybox --schedule="*/5 * * * *" -- date')
      await until('get cronjob tick', 'tick')
      await clock.advance(11 * 60_000)
      await until('get jobs', /(tick-\d+ +Complete[\s\S]*){1,2}/)
      expect(await k('get cronjob tick -o jsonpath={.status.lastScheduleTime}')).not.toBe('')
      expect(await k('get events')).toMatch(/SuccessfulCreate +cronjob\/tick +Created job tick-\d+/)
      expect(await k('create job once --from=cronjob/tick')).toBe('job.batch/once created\n')
      await k('wait --for=condition=Complete job/once --timeout=90s')
    })

    const daemon = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluentd}
spec:
  selector: {matchLabels: {app: logging}}
  template:
    metadata: {labels: {app: logging}}
    spec: {containers: [{name: c, image: fluentd}]}
`

    test('A-S46 a daemon set has a pod on every node, new and cordoned ones too', async () => {
      const { k, apply, until, fails } = await ownWorld({ nodes: 3 })
      expect(await fails('apply -f -', daemon.replace('matchLabels', 'matchLables'))).toContain(
        'unknown field "spec.selector.matchLables"',
      )
      await apply(daemon)
      await until('get ds fluentd', /fluentd +3 +3 +3 +3 +3/)
      await k('cordon chartctl-node-2')
      await apply('apiVersion: v1\nkind: Node\nmetadata: {name: extra}\n')
      await until('get ds fluentd', /fluentd +4 +4 +4 +4 +4/)
      expect((await k('get pods -o jsonpath={.items[*].spec.nodeName}')).split(' ').sort()).toEqual([
        'chartctl-node',
        'chartctl-node-2',
        'chartctl-node-3',
        'extra',
      ])
    })

    test('A-S47 B4-106 C-T086 C-T087 C-T088 an autoscaler follows the load and comes down after five minutes', async () => {
      const { k, apply, until, clock } = await ownWorld({ metrics: true })
      await apply(
        deployment('web', { pod: 'terminationGracePeriodSeconds: 1' }).replace(
          'ports:',
          'resources: {requests: {cpu: 200m}}\n          ports:',
        ),
      )
      await k('autoscale deployment web --cpu-percent=50 --min=2 --max=5')
      await until('get deployment web', /2\/2/)
      await clock.advance(31_000)
      await until('get hpa web', /cpu: 0%\/50% +2 +5 +2/)
      await k('annotate deployment web simulate.chartctl.dev/total-cpu=900m')
      await clock.advance(31_000)
      await until('get hpa web', / 5 +5 +\d/)
      await until('get deployment web', /5\/5/)
      expect(await k('describe hpa web')).toMatch(
        /SuccessfulRescale .*New size: \d; reason: cpu resource utilization \(percentage of request\) above target/,
      )
      await k('annotate deployment web simulate.chartctl.dev/total-cpu-')
      await clock.advance(60_000)
      expect(await k('get deployment web')).toMatch(/5\/5/)
      await clock.advance(6 * 60_000)
      await until('get deployment web', /2\/2/)
      expect(await k('describe hpa web')).toContain('All metrics below target')
    })

    test('C-T089 A-S47 without requests there is no metric; deleting the autoscaler leaves the number', async () => {
      const { k, apply, until, clock } = await ownWorld({ metrics: true })
      await apply(deployment('web', { replicas: 3 }))
      await k('rollout status deployment web --timeout=90s')
      await k('autoscale deployment web --cpu-percent=50 --min=1 --max=5')
      await clock.advance(31_000)
      await until('get hpa web', '<unknown>/50%')
      await until('describe hpa web', /missing request for cpu in container nginx of Pod web-/)
      await k('delete hpa web')
      expect(await k('get deployment web')).toMatch(/3\/3/)
    })

    test('C-T085 usage is there once the metrics API is', async () => {
      const { k, apply, until, fails } = await ownWorld()
      await k('run web --image=nginx')
      await k('wait --for=condition=Ready pod/web --timeout=90s')
      expect(await fails('top node')).toBe('error: Metrics API not available\n')
      await apply(`apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: {name: metrics-server, namespace: kube-system}}
`)
      await until(
        'top node',
        /NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\)\s+chartctl-node +\d+m +\d+% +\d+Mi +\d+%/,
      )
      expect(await k('top pod')).toMatch(/NAME +CPU\(cores\) +MEMORY\(bytes\)\s+web +\d+m +\d+Mi/)
      await k('annotate pod web simulate.chartctl.dev/cpu=250m simulate.chartctl.dev/memory=64Mi')
      await until('top pod web --containers', /web +web +250m +64Mi/)
      expect(await k('get --raw /apis/metrics.k8s.io/v1beta1/nodes')).toContain('"kind":"NodeMetricsList"')
    })
  },
)
