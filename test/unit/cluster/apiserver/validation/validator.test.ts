import { expect, test } from 'vitest'
import { decodeObject, type KubeObject } from '../../../../../src/api/index.ts'
import { scheduleProblem } from '../../../../../src/cluster/apiserver/validation/cron.ts'
import { unifiedDiff } from '../../../../../src/cluster/apiserver/validation/unified-diff.ts'
import { validatorOf } from '../../../../../src/cluster/apiserver/validation/index.ts'
import { createCatalog } from '../../../../../src/cluster/apiserver/registry/catalog.ts'

const catalog = createCatalog()

function findings(kind: string, body: Record<string, unknown>): string[] {
  const definition = catalog.find((each) => each.kind === kind)
  if (!definition?.schema) throw new Error(`no ${kind}`)
  const namespace = definition.namespaced ? { namespace: 'ns' } : {}
  const raw = {
    apiVersion: 'v1',
    kind,
    ...body,
    metadata: { name: 'x', ...namespace, ...(body.metadata as object) },
  } as KubeObject
  const object = decodeObject(definition.schema.node, raw).value as unknown as KubeObject
  definition.applyDefaults(object)
  return validatorOf(definition)
    .create(object)
    .map(({ type, field }) => `${type} ${field}`)
}

const container = { name: 'c', image: 'nginx' }

const cases: readonly [what: string, kind: string, body: Record<string, unknown>, want: string[]][] = [
  ['a pod without containers', 'Pod', {}, ['Required spec.containers']],
  [
    'two containers of one name',
    'Pod',
    { spec: { containers: [container, container] } },
    ['Duplicate spec.containers[1].name'],
  ],
  [
    'a mount without volume',
    'Pod',
    { spec: { containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/x' }] }] } },
    ['NotFound spec.containers[0].volumeMounts[0].name'],
  ],
  [
    'a second source of a volume, named as Kubernetes does',
    'Pod',
    { spec: { containers: [container], volumes: [{ name: 'v', emptyDir: {}, cephfs: { monitors: ['m'] } }] } },
    ['Forbidden spec.volumes[0].cephFS'],
  ],
  [
    'settings of Linux in a pod of Windows',
    'Pod',
    { spec: { containers: [container], os: { name: 'windows' }, hostPID: true, securityContext: { runAsUser: 1 } } },
    ['Forbidden spec.hostPID', 'Forbidden spec.securityContext.runAsUser'],
  ],
  [
    'restart rules without a policy',
    'Pod',
    { spec: { containers: [{ ...container, restartPolicyRules: [{ action: 'Restart' }] }] } },
    ['Required spec.containers[0].restartPolicy', 'Required spec.containers[0].restartPolicyRules[0].exitCodes'],
  ],
  [
    'a claim whose two sources differ',
    'PersistentVolumeClaim',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
        dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
      },
    },
    ['Invalid spec'],
  ],
  [
    'a success policy beyond the indexes',
    'Job',
    {
      spec: {
        completions: 2,
        completionMode: 'Indexed',
        manualSelector: true,
        selector: { matchLabels: { a: 'b' } },
        successPolicy: { rules: [{ succeededIndexes: '0,5' }] },
        template: { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Never', containers: [container] } },
      },
    },
    ['Invalid spec.successPolicy.rules[0].succeededIndexes'],
  ],
  [
    'two ranges of one family',
    'ServiceCIDR',
    { spec: { cidrs: ['10.0.0.0/24', '10.1.0.0/24'] } },
    ['Invalid spec.cidrs'],
  ],
  [
    'a deployment without spec',
    'Deployment',
    {},
    ['Required spec.selector', 'Invalid spec.template.metadata.labels', 'Required spec.template.spec.containers'],
  ],
  ['a service without ports', 'Service', {}, ['Required spec.ports']],
  ['an ingress without rules', 'Ingress', {}, ['Invalid spec']],
  [
    'a claim without size',
    'PersistentVolumeClaim',
    { spec: {} },
    ['Required spec.accessModes', 'Required spec.resources[storage]'],
  ],
  ['a bad key', 'ConfigMap', { data: { 'bad key': '1' } }, ['Invalid data[bad key]']],
  ['a bad name', 'ConfigMap', { metadata: { name: 'Bad' } }, ['Invalid metadata.name']],
  [
    'a role without verbs',
    'Role',
    { rules: [{}] },
    ['Required rules[0].verbs', 'Required rules[0].apiGroups', 'Required rules[0].resources'],
  ],
  [
    'a job that restarts',
    'CronJob',
    { spec: { schedule: '* *', jobTemplate: { spec: { template: { spec: { containers: [container] } } } } } },
    ['Invalid spec.schedule', 'Required spec.jobTemplate.spec.template.spec.restartPolicy'],
  ],
]
test.each(cases)('refuses %s', (_what, kind, body, want) => {
  expect(findings(kind, body)).toEqual(want)
})

test('every kind accepts a minimal object or says what it lacks, and never throws', () => {
  for (const definition of catalog) {
    const object = { apiVersion: 'v1', kind: definition.kind, metadata: { name: 'x' } } as KubeObject
    definition.applyDefaults(object)
    expect(Array.isArray(definition.strategy.validateCreate?.(object))).toBe(true)
  }
})

const schedules: readonly [text: string, want: string | undefined][] = [
  ['*/5 * * * *', undefined],
  ['0 3 * jan-mar mon', undefined],
  ['@daily', undefined],
  ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
  ['99 * * * *', 'end of range (99) above maximum (59): 99'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
]
test.each(schedules)('reads the schedule %s', (text, want) => {
  expect(scheduleProblem(text)).toBe(want)
})

test('a diff has three lines of context', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].join('\n')
  expect(unifiedDiff(before, before.replace('e', 'E'))).toBe('@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n')
})
