import { beforeAll, describe, expect, test } from 'vitest'
import { haveKubectl, pod, scenarioCluster, type World } from './world.ts'

describe.skipIf(!haveKubectl)('pods', { concurrent: true, timeout: 240_000 }, () => {
  let world: () => Promise<World>
  beforeAll(async () => {
    world = await scenarioCluster()
  })

  test('A-S03 C-T010 a bare pod runs, is described, logs, and is not replaced', async () => {
    const { k, until } = await world()
    expect(await k('run mynginx --image=nginx:1.14.2')).toBe('pod/mynginx created\n')
    await k('wait --for=condition=Ready pod/mynginx --timeout=90s')
    const wide = await k('get pod -o wide')
    expect(wide).toMatch(/NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES/)
    expect(wide).toMatch(/mynginx +1\/1 +Running +0 +\S+ +10\.244\.\d+\.\d+ +chartctl-node +<none> +<none>/)
    const described = await k('describe pod mynginx')
    for (const text of [
      'Node:             chartctl-node/',
      'Labels:           run=mynginx',
      'Image:          nginx:1.14.2',
    ]) {
      expect(described).toContain(text)
    }
    expect(described).toMatch(/Normal +Scheduled .*Successfully assigned ns\d+\/mynginx to chartctl-node/)
    expect(described).toMatch(/Normal +Started /)
    expect(await k('logs mynginx')).not.toBe('')
    expect(await k('delete pod mynginx')).toMatch(/^pod "mynginx" deleted/)
    expect((await k('get pods -o name')).trim()).toBe('')
    await until('get events', 'Killing')
  })

  test('A-S04 A-S02 C-T014 C-T016 manifests are created, applied again and deleted by file, name, names and --all', async () => {
    const { k, fails, write, namespace } = await world()
    write('pod.yaml', pod('nginx'))
    expect(await k('create -f pod.yaml')).toBe('pod/nginx created\n')
    expect(await fails('create -f pod.yaml')).toContain('Error from server (AlreadyExists)')
    expect(await k('apply -f pod.yaml', '')).toBe('pod/nginx configured\n')
    expect(await k('apply -f pod.yaml')).toBe('pod/nginx unchanged\n')
    write('pod.yaml', pod('nginx', { metadata: 'labels: {a: b}' }))
    expect(await k('apply -f pod.yaml')).toBe('pod/nginx configured\n')
    expect(await k('delete -f pod.yaml')).toContain(`pod "nginx" deleted`)
    for (const name of ['p1', 'p2', 'p3', 'p4']) await k(`run ${name} --image=nginx`)
    expect(await k('delete pod p1 p2')).toMatch(/pod "p1" deleted.*\npod "p2" deleted/)
    expect(await k('delete pod --all')).toMatch(/"p3" deleted.*\npod "p4" deleted/)
    expect((await fails('get pod p3')).trim()).toBe('Error from server (NotFound): pods "p3" not found')
    const empty = await (await world()).run(`get pod -n ${namespace}`)
    expect(empty.stderr).toBe(`No resources found in ${namespace} namespace.\n`)
  })

  test('A-S05 A-S52 B4-08 C-T015 containers of a pod share address and node; a client chooses one', async () => {
    const { k, apply, fails } = await world()
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: multi}
spec:
  containers:
    - {name: r1, image: redis, args: [sleep, '3600']}
    - {name: r2, image: tomcat}
`)
    await k('wait --for=condition=Ready pod/multi --timeout=90s')
    expect(await k('get pod multi')).toMatch(/multi +2\/2 +Running/)
    expect(await k('exec multi -c r1 -- hostname')).toBe('multi\n')
    expect(await k('exec multi -c r2 -- hostname -i')).toBe(`${await k('get pod multi -o jsonpath={.status.podIP}')}\n`)
    expect(await k('logs multi -c r2')).toContain('r2')
    expect(await fails('exec multi -c nope -- true')).toContain('container nope is not valid for pod multi')
    const both = await k('logs multi --all-containers --prefix')
    expect(both).toContain('[pod/multi/r1]')
    expect(both).toContain('[pod/multi/r2]')
  })

  test('B4-07 C-T013 literal variables, ports and a node by name', async () => {
    const { k, apply } = await world()
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeName: chartctl-node
  containers:
    - name: web
      image: web:1
      ports: [{containerPort: 8080}]
      env: [{name: A, value: "1"}, {name: B, value: "$(A)-b"}, {name: C, value: "$$(A)"}]
`)
    await k('wait --for=condition=Ready pod/web --timeout=90s')
    const env = await k('exec web -- env')
    for (const line of ['A=1', 'B=1-b', 'C=$(A)', 'HOSTNAME=web', 'KUBERNETES_SERVICE_HOST=10.96.0.1']) {
      expect(env.split('\n')).toContain(line)
    }
    expect(await k('get events --field-selector reason=Scheduled')).not.toContain('pod/web')
  })

  test('C-T012 a client-side dry run prints the object', async () => {
    const { k } = await world()
    const text = await k('run pod1 --image nginx --dry-run=client -o yaml')
    for (const line of [
      '    run: pod1',
      '    resources: {}',
      '  dnsPolicy: ClusterFirst',
      '  restartPolicy: Always',
      'status: {}',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect((await k('get pods -o name')).trim()).toBe('')
  })

  test('C-T011 B4-18 images that are there run at once; beta annotations do nothing', async () => {
    const { k, apply } = await world()
    await apply(pod('short', { metadata: `annotations: {pod.beta.kubernetes.io/init-containers: '[{"name":"i"}]'}` }))
    await k('wait --for=condition=Ready pod/short --timeout=90s')
    expect(await k('get pod short -o jsonpath={.spec.initContainers}')).toBe('')
    expect(await k('get pod short -o jsonpath={.metadata.annotations}')).toContain(
      'pod.beta.kubernetes.io/init-containers',
    )
  })

  test('B4-17 A-S36 init containers end before the others begin', async () => {
    const { k, apply } = await world()
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: init, annotations: {simulate.chartctl.dev/run-for.first: 4s}}
spec:
  initContainers:
    - {name: first, image: busybox}
    - {name: second, image: busybox}
    - {name: sidecar, image: busybox, restartPolicy: Always}
  containers:
    - {name: main, image: nginx}
`)
    const seen = await k('get pod init --watch --request-timeout=5s').catch((error: Error) => error.message)
    expect(seen).toMatch(/init +0\/2 +Init:0\/3/)
    await k('wait --for=condition=Ready pod/init --timeout=90s')
    expect(await k('get pod init')).toMatch(/init +2\/2 +Running/)
    const at = async (path: string): Promise<number> =>
      Date.parse(await k(`get pod init -o jsonpath={.status.${path}}`))
    expect(await at('initContainerStatuses[0].state.terminated.finishedAt')).toBeLessThanOrEqual(
      await at('containerStatuses[0].state.running.startedAt'),
    )
  })

  test('C-T019 A-S26 A-S38 an image that cannot be pulled', async () => {
    const { k, apply, until, fails } = await world()
    await apply(pod('private', { metadata: 'annotations: {simulate.chartctl.dev/pull-error: "true"}' }))
    await until('get pod private', /ErrImagePull|ImagePullBackOff/)
    await until('get pod private', 'ImagePullBackOff')
    expect(await k('describe pod private')).toContain('Failed to pull image "busybox"')
    expect(await fails('logs private')).toMatch(
      /container "c" in pod "private" is waiting to start: (image can't be pulled|trying and failing to pull image)/,
    )
    await k('create secret docker-registry regcred --docker-server=r.example --docker-username=u --docker-password=p')
    expect(await k('get secret regcred')).toMatch(/regcred +kubernetes.io\/dockerconfigjson +1/)
    await k('annotate pod private simulate.chartctl.dev/pull-error-')
    await k('wait --for=condition=Ready pod/private --timeout=90s')
  })

  test('B4-11 C-T020 a container that exits is restarted, with back-off', async () => {
    const { k, apply, until } = await world()
    await apply(
      pod('crash', {
        metadata: 'annotations: {simulate.chartctl.dev/crash-loop: "true", simulate.chartctl.dev/run-for: 10ms}',
      }),
    )
    await until('get pod crash', /CrashLoopBackOff +[1-9]/)
    expect(await k('describe pod crash')).toMatch(
      /Warning +BackOff .*Back-off restarting failed container c in pod crash_/,
    )
    expect(await k('logs crash --previous')).not.toBe('')
    expect(await k('get pod crash -o jsonpath={.status.containerStatuses[0].lastState.terminated.reason}')).toBe(
      'Error',
    )
  })

  test('B4-13 a container above its memory limit is killed', async () => {
    const { k, apply, until } = await world()
    await apply(
      pod('hungry', {
        metadata: 'annotations: {simulate.chartctl.dev/memory: 200Mi}',
        container: 'resources: {limits: {memory: 100Mi}}',
      }),
    )
    await until('get pod hungry', /OOMKilled|CrashLoopBackOff/)
    expect(await k('describe pod hungry')).toMatch(/Reason: +OOMKilled\n +Exit Code: +137/)
  })

  test('B4-15 A-S34 A-S35 probes that fail: events, restarts, no traffic', async () => {
    const { k, apply, until } = await world()
    await apply(
      `apiVersion: v1
kind: Pod
metadata: {name: live, annotations: {simulate.chartctl.dev/fail-probe: liveness}}
spec:
  containers:
    - name: c
      image: nginx
      livenessProbe: {httpGet: {path: /healthz, port: 80}, periodSeconds: 1, failureThreshold: 2}
      terminationGracePeriodSeconds: 1
`.replace('      terminationGracePeriodSeconds: 1\n', ''),
    )
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: start, annotations: {simulate.chartctl.dev/fail-probe: startup}}
spec:
  containers:
    - name: c
      image: nginx
      startupProbe: {httpGet: {path: /test, port: 80}, periodSeconds: 1, failureThreshold: 2}
`)
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: ready, labels: {app: ready}, annotations: {simulate.chartctl.dev/fail-probe: readiness}}
spec:
  containers:
    - name: c
      image: nginx
      readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
`)
    await k('expose pod ready --port=80')
    await until('get pod live', /live +\d\/1 +\S+ +[1-9]/)
    expect(await k('describe pod live')).toMatch(/Warning +Unhealthy .*Liveness probe failed: /)
    expect(await k('describe pod live')).toMatch(
      /Normal +Killing .*Container c failed liveness probe, will be restarted/,
    )
    await until('get pod start', /start +0\/1 +\S+ +[1-9]/)
    expect(await k('describe pod start')).toMatch(/Warning +Unhealthy .*Startup probe failed: /)
    expect(await k('get pod ready')).toMatch(/ready +0\/1 +Running +0/)
    await until(
      'get endpointslices -l kubernetes.io/service-name=ready -o jsonpath={.items[0].endpoints[0].conditions.ready}',
      'false',
    )
    await k('annotate pod ready simulate.chartctl.dev/fail-probe-')
    await until('get endpoints ready -o jsonpath={.subsets[0].addresses[0].ip}', /^10\./)
    const events = JSON.parse(
      await k('get events -o json --field-selector reason=Unhealthy,involvedObject.name=ready'),
    ) as {
      items: { count: number; involvedObject: { fieldPath: string }; firstTimestamp: string; lastTimestamp: string }[]
    }
    expect(events.items).toHaveLength(1)
    expect(events.items[0]?.involvedObject.fieldPath).toBe('spec.containers{c}')
  })

  test('A-S53 the volumes of a pod cannot be changed', async () => {
    const { k, fails, apply } = await world()
    await apply(pod('fixed'))
    expect(await fails(`patch pod fixed -p '{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}'`)).toContain(
      'pod updates may not change fields other than',
    )
    await k('delete pod fixed')
    await apply(pod('fixed', { spec: 'volumes: [{name: v, emptyDir: {}}]' }))
  })

  test('A-S50 B4-20 C-T032 labels are set, changed, shown and selected', async () => {
    const { k, fails } = await world()
    for (const name of ['pod1', 'pod2']) await k(`run ${name} --image=nginx`)
    expect(await k('label pod pod1 ccc=ddd aaa=bbb')).toBe('pod/pod1 labeled\n')
    expect(await k('get pod pod1 --show-labels')).toContain('aaa=bbb,ccc=ddd,run=pod1')
    expect(await fails('label pod pod1 aaa=x')).toContain("'aaa' already has a value (bbb), and --overwrite is false")
    await k('label pod pod1 aaa=x --overwrite')
    expect(await k('label pod pod1 ccc-')).toBe('pod/pod1 unlabeled\n')
    const names = async (selector: string): Promise<string> =>
      (await k(`get pods -l '${selector}' -o jsonpath={.items[*].metadata.name}`)).trim()
    expect(await names('aaa=x')).toBe('pod1')
    expect(await names('aaa!=x')).toBe('pod2')
    expect(await names('run in (pod1, pod2)')).toBe('pod1 pod2')
    expect(await names('run notin (pod1)')).toBe('pod2')
    expect(await names('aaa,run=pod1')).toBe('pod1')
    expect(await names('!aaa')).toBe('pod2')
    expect(await k('get pods -A -l run=pod1,aaa=x')).toContain('pod1')
  })

  test('B4-25 a selector with a space in notin is refused', async () => {
    const { fails } = await world()
    expect(await fails(`get pods -l 'name not in (x)'`)).toContain('unable to parse requirement')
  })

  test('B4-10 C-T017 a manifest in the folder of static pods runs without the API', async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const folder = mkdtempSync('/tmp/chartctl-static-')
    const { ownWorld } = await import('./world.ts')
    const { k, until, fails } = await ownWorld({ nodes: 2, staticPods: folder })
    writeFileSync(`${folder}/web.yaml`, pod('web'))
    await until('get pods -n default', /web-chartctl-node +1\/1 +Running/)
    expect(await k('get pod web-chartctl-node -n default -o jsonpath={.metadata.ownerReferences[0].kind}')).toBe('Node')
    expect(await k('get pod web-chartctl-node -n default -o yaml')).toContain('kubernetes.io/config.source: file')
    await k('delete pod web-chartctl-node -n default')
    await until('get pods -n default', /web-chartctl-node +1\/1 +Running/)
    rmSync(`${folder}/web.yaml`)
    await until('get pods -n default -o name', /^$/)
    await fails('get pod web-chartctl-node -n default')
    rmSync(folder, { recursive: true })
  })

  test('A-S57 the downward API as variables and files', async () => {
    const { k, apply } = await world()
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: self, labels: {zone: a, app: self}, annotations: {note: hello}}
spec:
  containers:
    - name: c
      image: busybox
      resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
      env:
        - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: ZONE, valueFrom: {fieldRef: {fieldPath: "metadata.labels['zone']"}}}
        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
      volumeMounts: [{name: info, mountPath: /etc/info}]
  volumes:
    - name: info
      downwardAPI:
        items:
          - {path: labels, fieldRef: {fieldPath: metadata.labels}}
          - {path: request, resourceFieldRef: {containerName: c, resource: requests.cpu, divisor: 1m}}
`)
    await k('wait --for=condition=Ready pod/self --timeout=90s')
    const ip = await k('get pod self -o jsonpath={.status.podIP}')
    const env = (await k('exec self -- env')).split('\n')
    for (const line of ['NAME=self', `IP=${ip}`, 'NODE=chartctl-node', 'ZONE=a', 'CPU=1', 'MEMORY=128'])
      expect(env).toContain(line)
    expect(await k('exec self -- cat /etc/info/labels')).toBe('app="self"\nzone="a"')
    expect(await k('exec self -- cat /etc/info/request')).toBe('250')
  })

  test('A-S36 C-T044 a pod that takes its time to stop is given its grace period', async () => {
    const { k, apply, background } = await world()
    await apply(
      pod('slow', {
        metadata: 'annotations: {simulate.chartctl.dev/stop-after: 1h}',
        spec: 'terminationGracePeriodSeconds: 2',
      }),
    )
    await k('wait --for=condition=Ready pod/slow --timeout=90s')
    const began = Date.now()
    const deleting = background('delete pod slow')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await k('get pod slow')).toMatch(/slow +1\/1 +Terminating/)
    await deleting.ended
    expect(Date.now() - began).toBeGreaterThan(1800)
    await apply(pod('slow2', { metadata: 'annotations: {simulate.chartctl.dev/stop-after: 1h}' }))
    await k('wait --for=condition=Ready pod/slow2 --timeout=90s')
    expect(await k('delete pod slow2 --force --grace-period=0')).toContain('pod "slow2" force deleted')
  })

  test('C-T125 A-S60 X16 a throw-away pod ends with its session; ports are forwarded', async () => {
    const { k, background, run, apply } = await world()
    const session = await run('run -i --rm box --image=busybox --restart=Never -- echo hello')
    expect(session.stdout).toContain('hello\n')
    expect(session.stdout).toMatch(/pod "box" deleted/)
    await apply(pod('web', { container: 'ports: [{containerPort: 6000}]' }))
    await k('wait --for=condition=Ready pod/web --timeout=90s')
    const forward = background('port-forward web :6000')
    const [, port] = /127\.0\.0\.1:(\d+) -> 6000/.exec(await forward.until('Forwarding from 127')) ?? []
    const answer = await fetch(`http://127.0.0.1:${port}/hello`)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('web')
    await forward.stop()
  })
})
