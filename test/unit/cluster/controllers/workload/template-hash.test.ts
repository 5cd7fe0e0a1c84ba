import { expect, test } from 'vitest'
import type { PodTemplate } from '../../../../../src/cluster/control/index.ts'
import {
  canonicalQuantity,
  printValue,
} from '../../../../../src/cluster/controllers/workload/template-hash/go-print.ts'
import { revisionHash } from '../../../../../src/cluster/controllers/workload/history.ts'
import { podTemplateHash } from '../../../../../src/cluster/controllers/workload/template-hash/template-hash.ts'

const template: PodTemplate = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        image: 'nginx',
        imagePullPolicy: 'Always',
        name: 'c',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      } as never,
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
}

test('the hash of a template is the one that Kubernetes gives it', () => {
  expect(podTemplateHash(template, undefined)).toBe('64586f5df')
  expect(podTemplateHash(template, 1)).not.toBe('64586f5df')
})

test('absent lists and empty ones print alike, pointers to empty structs do not', () => {
  expect(printValue([], '[]string')).toBe('<nil>')
  expect(printValue(undefined, '*v1.PodOS')).toBe('<nil>')
  expect(printValue({}, '*v1.PodOS')).toBe('{Name:(v1.OSName)}')
  expect(printValue('http', 'intstr.IntOrString')).toBe('{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)http}')
  expect(printValue({ b: '2', a: '1' }, 'map[string]string')).toBe('map[a:1 b:2]')
})

test.each([
  ['2000m', '2'],
  ['0.5', '500m'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['1500M', '1500M'],
  ['1e3', '1e3'],
  ['512Ki', '512Ki'],
])('the quantity %s is stored as %s', (text, want) => {
  expect(canonicalQuantity(text)).toBe(want)
})

test('a revision of a stateful set is named by its data, as Kubernetes 1.36 names it', () => {
  const template = {
    $patch: 'replace',
    metadata: { labels: { app: 'db' } },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    },
  }
  expect(revisionHash({ spec: { template } }, undefined)).toBe('5685d99b96')
})
