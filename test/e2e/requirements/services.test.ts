import { beforeAll, describe, expect, test } from 'vitest'
import { deployment, haveKubectl, pod, scenarioCluster, type World } from './world.ts'

describe.skipIf(!haveKubectl)('services and ingresses', { concurrent: true, timeout: 240_000 }, () => {
  let world: () => Promise<World>
  beforeAll(async () => {
    world = await scenarioCluster({ nodes: 2 })
  })

  test('A-S11 A-S12 C-T120 C-T128 expose makes services of all kinds', async () => {
    const { k, apply } = await world()
    await apply(deployment('web', { replicas: 2 }))
    const text = await k('expose deployment web --name=svc --port=5500 --target-port=80 --dry-run=client -o yaml')
    expect(text).toMatch(/- port: 5500\n +protocol: TCP\n +targetPort: 80\n +selector:\n +app: web/)
    await apply(text)
    expect(await k('get svc svc')).toMatch(/svc +ClusterIP +10\.96\.\d+\.\d+ +<none> +5500\/TCP/)
    await k('expose deployment web --name=node --port=8080 --type=NodePort')
    const port = Number(await k('get svc node -o jsonpath={.spec.ports[0].nodePort}'))
    expect(port).toBeGreaterThanOrEqual(30000)
    expect(port).toBeLessThanOrEqual(32767)
    expect(await k('get svc node')).toContain(`8080:${port}/TCP`)
  })

  test('A-S13 A-S14 B4-66 node ports are unique and within their range', async () => {
    const { k, fails } = await world()
    const service = (name: string, port: number): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {type: NodePort, selector: {a: b}, ports: [{port: 8080, nodePort: ${port}}]}\n`
    await k('apply -f -', service('one', 30001))
    expect(await fails('apply -f -', service('two', 30001))).toContain(
      'spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
    )
    expect(await fails('apply -f -', service('two', 80))).toContain('The range of valid ports is 30000-32767')
  })

  test('slices that others made for a service stay', async () => {
    const { k, apply, until } = await world()
    await apply(`apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: foreign, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 80}]
endpoints: [{addresses: [192.0.2.1]}]
`)
    await apply(deployment('web', { replicas: 2 }))
    await k('expose deployment web --port=80')
    const own =
      'get endpointslices -l endpointslice.kubernetes.io/managed-by -o jsonpath={.items[*].endpoints[*].addresses}'
    await until(own, /^\["10\.\S+ \["10\.\S+$/)
    await k('scale deployment web --replicas=0')
    await until(own, /^$/)
    expect(await k('get endpointslice foreign')).toMatch(/foreign +IPv4 +80 +192\.0\.2\.1 /)
    await k('delete service web')
    await until('get endpointslices -o name', /^endpointslice.discovery.k8s.io\/foreign\n$/)
  })

  test('A-S33 B4-16 B4-60 B4-61 B4-62 C-T122 endpoints are the ready pods', async () => {
    const { k, apply, until } = await world()
    await apply(deployment('web', { replicas: 2 }))
    await k('expose deployment web --port=80 --target-port=8080')
    const endpoints = 'get endpoints web -o jsonpath={.subsets[0].addresses[*].ip}'
    await until(endpoints, /^10\.\S+ 10\.\S+$/)
    expect(await k('get endpoints web')).toMatch(/web +10\.\d+\.\d+\.\d+:8080,10\.\d+\.\d+\.\d+:8080/)
    const ip = await k('get svc web -o jsonpath={.spec.clusterIP}')
    const before = await k(endpoints)
    await k('delete pods --all')
    await until(endpoints, new RegExp(`^(?!${before.split(' ')[0]} ).*10\\.`))
    expect(await k('get svc web -o jsonpath={.spec.clusterIP}')).toBe(ip)
    await k('scale deployment web --replicas=5')
    await until(endpoints, /^(10\.\S+ ?){5}$/)
    const yaml = await k('get svc web -o yaml')
    for (const line of [
      '    protocol: TCP',
      '    targetPort: 8080',
      '  sessionAffinity: None',
      '  type: ClusterIP',
      '  loadBalancer: {}',
    ]) {
      expect(yaml.split('\n')).toContain(line)
    }
    expect(await k('get endpointslices -l kubernetes.io/service-name=web')).toMatch(/web-\w{5} +IPv4 +8080 +10\./)
    expect(await k('get endpoints kubernetes -n default')).toMatch(/kubernetes +\S+:\d+/)
  })

  test('B4-63 several ports need names', async () => {
    const { apply, fails } = await world()
    const service = (a: string, b: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: two}\nspec: {selector: {a: b}, ports: [{port: 80${a}}, {port: 443${b}}]}\n`
    await apply(service(', name: http', ', name: https'))
    expect(await fails('apply -f -', service('', '').replace('two', 'three'))).toContain(
      'spec.ports[0].name: Required value',
    )
  })

  test('B4-64 C-T126 pods that start later have the variables of a service', async () => {
    const { k, apply } = await world()
    await apply(pod('early'))
    await k('wait --for=condition=Ready pod/early --timeout=90s')
    await apply(
      'apiVersion: v1\nkind: Service\nmetadata: {name: my-svc}\nspec: {selector: {a: b}, ports: [{port: 80, name: http}, {port: 443, name: https}]}\n',
    )
    await apply(pod('late'))
    await k('wait --for=condition=Ready pod/late --timeout=90s')
    const ip = await k('get svc my-svc -o jsonpath={.spec.clusterIP}')
    const env = (await k('exec late -- env'))
      .split('\n')
      .filter((line) => line.startsWith('MY_SVC_'))
      .sort()
    expect(env).toHaveLength(13)
    for (const line of [
      `MY_SVC_SERVICE_HOST=${ip}`,
      'MY_SVC_SERVICE_PORT=80',
      'MY_SVC_SERVICE_PORT_HTTPS=443',
      `MY_SVC_PORT=tcp://${ip}:80`,
      `MY_SVC_PORT_443_TCP=tcp://${ip}:443`,
      `MY_SVC_PORT_80_TCP_ADDR=${ip}`,
    ]) {
      expect(env).toContain(line)
    }
    expect(await k('exec early -- env')).not.toContain('MY_SVC_')
  })

  test('A-S32 B4-65 B4-69 C-T121 C-T123 C-T124 names resolve, requests are spread', async () => {
    const { k, apply, until, namespace } = await world()
    await apply(deployment('web', { replicas: 3 }))
    await k('expose deployment web --name=svc-test --port=5500 --target-port=80')
    await until('get endpoints svc-test -o jsonpath={.subsets[0].addresses[*].ip}', /^(10\.\S+ ?){3}$/)
    await apply(pod('box'))
    await k('wait --for=condition=Ready pod/box --timeout=90s')
    const ip = await k('get svc svc-test -o jsonpath={.spec.clusterIP}')
    const found = await k('exec box -- nslookup svc-test')
    expect(found).toContain('Server:\t\t10.96.0.10')
    expect(found).toContain(`Name:\tsvc-test.${namespace}.svc.cluster.local\nAddress: ${ip}`)
    const answers = new Set<string>()
    for (let i = 0; i < 3; i++) answers.add(await k('exec box -- wget -q -O- http://svc-test:5500'))
    expect(answers.size).toBe(3)
    const other = await world()
    await other.apply(pod('box'))
    await other.k('wait --for=condition=Ready pod/box --timeout=90s')
    expect(await other.fails('exec box -- nslookup svc-test')).toContain('command terminated with exit code 1')
    expect(await other.k(`exec box -- wget -q -O- http://svc-test.${namespace}:5500`)).toContain('web-')
  })

  test('B4-67 C-T129 C-T130 C-T131 a load balancer gets its address after a while', async () => {
    const { k, apply, until } = await world()
    await apply(deployment('web'))
    await k('expose deployment web --name=lb --port=80 --type=LoadBalancer')
    expect(await k('get svc lb')).toMatch(/lb +LoadBalancer +\S+ +(<pending>|172\.31\.255\.\d+) +80:\d+\/TCP/)
    await k('expose deployment web --name=second --port=80 --type=NodePort')
    await until('get svc lb', /172\.31\.255\.\d+/)
    expect(await k('describe svc lb')).toContain('EnsuredLoadBalancer')
  })

  test('A-S28 C-T141 C-T142 C-T144 an ingress is listed with hosts, address and ports', async () => {
    const { k, fails } = await world()
    await k(
      'create ingress web --rule="tomcat.tuling.com/*=my-tomcat:8080" --rule="web.libix.com/test/=web:80,tls=cert" --class=nginx',
    )
    expect(await k('get ing web')).toMatch(/web +nginx +tomcat\.tuling\.com,web\.libix\.com +80, 443/)
    const text = await k('describe ingress web')
    expect(text).toMatch(/cert terminates web\.libix\.com/)
    expect(text).toContain(`my-tomcat:8080 (<error: services "my-tomcat" not found>)`)
    expect(await fails('create ingress bad --rule="a.example/x=web"')).not.toBe('')
  })
})
