import { expect, test } from 'vitest'
import type { ResourceQuota } from '../../../../../src/cluster/control/index.ts'
import { mergeTaints } from '../../../../../src/cluster/controllers/lifecycle/node-lifecycle.ts'
import { quotaUsage } from '../../../../../src/cluster/controllers/lifecycle/quota-usage.ts'
import { evictionDelayMs } from '../../../../../src/cluster/controllers/lifecycle/taint-eviction.ts'
import { budgetNumbers } from '../../../../../src/cluster/controllers/workload/disruption.ts'
import { node, pod } from '../../../../support/cluster-objects.ts'

const quota = (hard: Record<string, string>, scopes?: string[]): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', uid: 'q' },
  spec: { hard, ...(scopes ? { scopes } : {}) },
})
const sized = (name: string, cpu: string, memory: string) =>
  pod(name, { spec: { containers: [{ name: 'c', resources: { requests: { cpu }, limits: { memory } } }] } })

test('a quota counts pods, their requests and limits, and objects', () => {
  const hard = { pods: '5', 'requests.cpu': '1', 'limits.memory': '1Gi', secrets: '1', 'count/deployments.apps': '1' }
  const content = {
    pods: [sized('a', '400m', '64Mi'), sized('b', '400m', '64Mi')],
    services: [],
    claims: [],
    count: (resource: string) => (resource === 'secrets' ? 3 : 0),
  }
  expect(quotaUsage(quota(hard), content)).toEqual({
    pods: '2',
    'requests.cpu': '800m',
    'limits.memory': '128Mi',
    secrets: '3',
    'count/deployments.apps': '0',
  })
  expect(quotaUsage(quota({ pods: '5' }, ['BestEffort']), content)).toEqual({ pods: '0' })
})

test('a cordoned node gets its taint, an uncordoned one loses it, foreign taints stay', () => {
  const foreign = { key: 'k', value: 'v', effect: 'NoSchedule' }
  const cordoned = node('n', { spec: { unschedulable: true, taints: [foreign] } })
  const taints = mergeTaints(cordoned, 'now')
  expect(taints).toEqual([foreign, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: 'now' }])
  expect(mergeTaints(node('n', { spec: { taints } }), 'now')).toEqual([foreign])
})

test('tolerations with a time delay an eviction', () => {
  const tainted = node('n', {
    spec: { taints: [{ key: 'k', value: 'v', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' }] },
  })
  const now = Date.parse('2026-01-01T00:00:01Z')
  const tolerating = (tolerationSeconds?: number) =>
    pod('p', {
      spec: {
        containers: [],
        tolerations: [
          {
            key: 'k',
            operator: 'Exists',
            effect: 'NoExecute',
            ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
          },
        ],
      },
    })
  expect(evictionDelayMs(pod('p'), tainted, now)).toBe(0)
  expect(evictionDelayMs(tolerating(), tainted, now)).toBeUndefined()
  expect(evictionDelayMs(tolerating(3), tainted, now)).toBe(2000)
})

test('a budget allows what is healthy beyond what it wants', () => {
  const budget = (spec: object) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', uid: 'b' },
    spec,
  })
  const pods = [pod('a'), pod('b'), pod('c', { ready: false })]
  expect(budgetNumbers(budget({ minAvailable: 1 }), pods, 3, new Set())).toEqual({
    expectedPods: 3,
    desiredHealthy: 1,
    currentHealthy: 2,
    disruptionsAllowed: 1,
  })
  expect(budgetNumbers(budget({ maxUnavailable: '50%' }), pods, 4, new Set()).desiredHealthy).toBe(2)
  expect(budgetNumbers(budget({ minAvailable: '50%' }), pods, 3, new Set(['a'])).disruptionsAllowed).toBe(0)
})
