import { beforeAll, describe, expect, test } from 'vitest'
import { deployment, haveKubectl, ownWorld, scenarioCluster, type World } from './world.ts'

describe.skipIf(!haveKubectl)(
  'namespaces, contexts, versions and access',
  { concurrent: true, timeout: 240_000 },
  () => {
    let world: () => Promise<World>
    beforeAll(async () => {
      world = await scenarioCluster()
    })

    test('A-S01 B4-90 the initial namespaces', async () => {
      const { k } = await ownWorld()
      expect(await k('get namespaces')).toMatch(
        /default +Active[\s\S]*kube-node-lease +Active[\s\S]*kube-public +Active[\s\S]*kube-system +Active/,
      )
    })

    test('A-S02 C-T002 a namespace is created, described and deleted', async () => {
      const { k, fails, write } = await world()
      expect(await k('create namespace ns-test')).toBe('namespace/ns-test created\n')
      expect(await fails('create namespace ns-test')).toContain('namespaces "ns-test" already exists')
      expect(await k('get ns ns-test')).toMatch(/ns-test +Active/)
      const text = await k('describe ns ns-test')
      expect(text).toContain('kubernetes.io/metadata.name=ns-test')
      expect(text).toContain('Annotations:  <none>')
      expect(text).toContain('No resource quota.')
      expect(text).toContain('No LimitRange resource.')
      expect(await k('delete namespace ns-test')).toContain('namespace "ns-test" deleted')
      write('ns.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: tulingmall}\n')
      await k('apply -f ns.yaml')
      await k('delete -f ns.yaml')
      expect(await fails('get ns tulingmall')).toContain('NotFound')
    })

    test('C-T003 C-T004 C-T005 B4-91 B4-92 contexts choose the namespace', async () => {
      const { k, run, namespace, cluster } = await ownWorld()
      expect((await run('get pods -n default')).stderr).toBe('No resources found in default namespace.\n')
      expect(await k('config set-context --current --namespace=kube-system')).toBe(
        `Context "${cluster.kubeconfig.contexts[0]?.name}" modified.\n`,
      )
      expect(await k('config view --minify -o jsonpath={.contexts[0].context.namespace}')).toBe('kube-system')
      await k(`run web --image=nginx -n ${namespace}`)
      expect((await run('get pods -n default')).stdout).toBe('')
      expect(await k(`get pods --namespace=${namespace}`)).toContain('web')
    })

    test('A-S48 B4-102 B4-109 versions that are gone are refused', async () => {
      const { fails } = await world()
      for (const [kind, version] of [
        ['HorizontalPodAutoscaler', 'autoscaling/v2beta2'],
        ['Deployment', 'extensions/v1beta1'],
        ['Deployment', 'apps/v1beta1'],
        ['ReplicaSet', 'v1'],
      ]) {
        expect(await fails('apply -f -', `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: x}\n`)).toContain(
          `no matches for kind "${kind}" in version "${version}"`,
        )
      }
    })

    test('B4-108 unknown fields are refused', async () => {
      const { fails } = await world()
      const manifest = deployment('web', { pod: 'volumes: [{name: v, emptyDir: {}}]' }).replace(
        'ports:',
        'volumeMounts: [{name: v, mountPath: /v, imagePullPolicy: Always}]\n          ports:',
      )
      expect(await fails('apply -f -', manifest)).toContain(
        'unknown field "spec.template.spec.containers[0].volumeMounts[0].imagePullPolicy"',
      )
    })

    test('A-S55 commands that are typed wrongly', async () => {
      const { k, fails } = await world()
      await k('create deployment d --image=c')
      const cases: readonly (readonly [string, string])[] = [
        ['exec -it dns-text --sh', 'unknown flag: --sh'],
        ['create my-tomcat --image=tomcat:9.0.55', 'unknown flag: --image'],
        ['create deployment nginx -image=nginx', "unknown shorthand flag: 'i' in -image=nginx"],
        ['rollout deploy nginx-deploy', 'unknown command "deploy nginx-deploy"'],
        [
          'set resources deploy d -c c --requests=cpu100m,memory=64Mi',
          'Invalid argument syntax cpu100m, expected <resource>=<value>',
        ],
        [
          'describe configmap/cm my-config',
          'there is no need to specify a resource type as a separate argument when passing arguments in resource/name form',
        ],
        ['get describe sc local-path', 'the server doesn\'t have a resource type "describe"'],
      ]
      for (const [args, text] of cases) expect(await fails(args)).toContain(text)
    })

    test('A-S59 B4-97 rights decide what a user may touch', async () => {
      const { k, run, namespace } = await world()
      await k('create serviceaccount reader')
      await k('create role reader --verb=get,list,watch --resource=pods')
      await k(`create rolebinding reader --role=reader --serviceaccount=${namespace}:reader`)
      const as = `--as=system:serviceaccount:${namespace}:reader`
      expect((await run(`auth can-i list pods ${as}`)).stdout).toBe('yes\n')
      expect((await run(`auth can-i create pods ${as}`)).stdout).toBe('no\n')
      expect((await run(`get secrets ${as}`)).stderr).toContain(
        `Error from server (Forbidden): secrets is forbidden: User "system:serviceaccount:${namespace}:reader" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`,
      )
      const other = await world()
      expect((await run(`get pods -n ${other.namespace} ${as}`)).exit).toBe(1)
      expect(
        (await run('get configmap cluster-info -n kube-public --as=system:anonymous --as-group=system:unauthenticated'))
          .stderr,
      ).toMatch(/NotFound|Forbidden/)
    })

    test('A-S29 B4-103 what happens to a deployment, step by step', async () => {
      const { k } = await world()
      await k('create deployment web --image=nginx')
      await k('rollout status deployment/web --timeout=90s')
      const events = JSON.parse(await k('get events -o json')) as {
        items: { reason: string; source?: { component?: string }; reportingComponent?: string }[]
      }
      const by = (reason: string): string | undefined =>
        events.items
          .filter((event) => event.reason === reason)
          .map((event) => event.source?.component || event.reportingComponent)[0]
      expect(by('ScalingReplicaSet')).toBe('deployment-controller')
      expect(by('SuccessfulCreate')).toBe('replicaset-controller')
      expect(by('Scheduled')).toBe('default-scheduler')
      expect(by('Started')).toBe('kubelet')
    })
  },
)
