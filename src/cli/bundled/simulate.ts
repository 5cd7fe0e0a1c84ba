import {
  API_SERVICES_PATH,
  METRICS_API_NAME,
  METRICS_API_SERVICE,
  SIMULATION_CONFIG,
  SIMULATION_PREFIX,
} from '../../api/index.ts'
import { commandFailed } from '../errors.ts'
import type { BundledApi } from './connect.ts'

/** What people may tell the simulation about a pod, a workload or a namespace, and about a node. */
const OBJECT_SETTINGS: Readonly<Record<string, string>> = {
  'pull-error': 'the image cannot be pulled: nothing, container names, or the text of the error',
  'pull-after': 'how long pulling takes',
  'crash-loop': 'containers end a second after each start (or after run-for)',
  'run-for': 'how long containers run',
  'exit-code': 'the exit code with which they end',
  'never-ready': 'containers run, but are never ready',
  'ready-after': 'how long they take from start to readiness',
  'fail-probe': 'probes that fail: startup, liveness, readiness (several by commas)',
  'stop-after': 'how long they go on once they are told to stop',
  cpu: 'what each container uses (250m)',
  memory: 'what each container uses (64Mi); beyond its limit it is killed',
  'total-cpu': 'what all pods of a workload use together',
  'total-memory': 'what all pods of a workload use together',
  logs: 'what containers have printed',
  'log-every': 'seconds after which they print it again',
  response: 'what they answer to HTTP requests',
  'missing-references': 'strict: wait for missing ConfigMaps and Secrets for ever, in Helm releases too',
}
const NODE_SETTINGS: Readonly<Record<string, string>> = {
  lost: 'the node is unplugged',
  MemoryPressure: 'the condition is True',
  DiskPressure: 'the condition is True',
  PIDPressure: 'the condition is True',
  Ready: 'False: the node says that it is not ready',
}
const CLUSTER_SETTINGS: Readonly<Record<string, string>> = {
  clock: 'moves the clock forward by a duration',
  'api-latency': 'how long every answer of the API takes',
  'api-errors': 'share of requests that fail: 20%, or 503:20%',
  metrics: 'serves usage, as if a metrics server were installed',
}

/** Lines that name every setting with its meaning. */
export function settingLines(): string[] {
  const table = (settings: Readonly<Record<string, string>>): string[] =>
    Object.entries(settings).map(([name, meaning]) => `  ${name.padEnd(20)}${meaning}`)
  return [
    'Of pods, workloads and namespaces (only of one container: NAME.CONTAINER):',
    ...table(OBJECT_SETTINGS),
    'Of nodes:',
    ...table(NODE_SETTINGS),
    'Of the cluster, without a target:',
    ...table(CLUSTER_SETTINGS),
  ]
}

const CONFIGS = `/api/v1/namespaces/${SIMULATION_CONFIG.namespace}/configmaps`
const CONFIG = `${CONFIGS}/${SIMULATION_CONFIG.name}`

/** Kinds that can be targets: their names on the command line and where they live. */
const KINDS: Readonly<Record<string, string>> = {
  pod: 'api/v1/*/pods',
  po: 'api/v1/*/pods',
  deployment: 'apis/apps/v1/*/deployments',
  deploy: 'apis/apps/v1/*/deployments',
  replicaset: 'apis/apps/v1/*/replicasets',
  rs: 'apis/apps/v1/*/replicasets',
  statefulset: 'apis/apps/v1/*/statefulsets',
  sts: 'apis/apps/v1/*/statefulsets',
  daemonset: 'apis/apps/v1/*/daemonsets',
  ds: 'apis/apps/v1/*/daemonsets',
  replicationcontroller: 'api/v1/*/replicationcontrollers',
  rc: 'api/v1/*/replicationcontrollers',
  job: 'apis/batch/v1/*/jobs',
  namespace: 'api/v1/namespaces',
  ns: 'api/v1/namespaces',
  node: 'api/v1/nodes',
  no: 'api/v1/nodes',
}

/** One setting as it stands on the command line. */
export interface Setting {
  readonly name: string
  /** Undefined: switch it off. */
  readonly value: string | undefined
}

/** Reads `name` or `name=value`; alone it means `true` (a condition that may be False: see the table). */
export function parseSetting(text: string, off: boolean): Setting {
  const at = text.indexOf('=')
  const name = at < 0 ? text : text.slice(0, at)
  return {
    name,
    value: off ? undefined : at < 0 ? (name in NODE_SETTINGS && name !== 'lost' ? 'True' : 'true') : text.slice(at + 1),
  }
}

/** Applies a setting to targets, or to the cluster. Gives a line for each thing that was told. Rejects with what is wrong. */
export async function applySetting(
  api: BundledApi,
  setting: Setting,
  targets: readonly string[],
  namespace: string,
): Promise<string[]> {
  if (setting.name in CLUSTER_SETTINGS) {
    if (targets.length > 0) throw commandFailed(`${setting.name} is said of the whole cluster and takes no target`)
    return [await applyToCluster(api, setting)]
  }
  if (targets.length === 0) throw commandFailed(`${setting.name} needs a target such as deployment/web`)
  const lines: string[] = []
  for (const target of targets) {
    const path = pathOf(target, setting, namespace)
    await api.merge(path, { metadata: { annotations: { [SIMULATION_PREFIX + setting.name]: setting.value ?? null } } })
    lines.push(
      setting.value === undefined ? `${target}: ${setting.name} off` : `${target}: ${setting.name}=${setting.value}`,
    )
  }
  return lines
}

function pathOf(target: string, setting: Setting, namespace: string): string {
  const [kind = '', name = ''] = target.split('/')
  const pattern = KINDS[kind.toLowerCase()]
  if (pattern === undefined || name === '') {
    throw commandFailed(`${target} is no target: write KIND/NAME with one of ${Object.keys(KINDS).join(', ')}`)
  }
  const known = pattern.endsWith('/nodes') ? NODE_SETTINGS : OBJECT_SETTINGS
  const base = setting.name.split('.')[0] ?? ''
  if (!(base in known))
    throw commandFailed(`${setting.name} cannot be said of a ${kind}: use ${Object.keys(known).join(', ')}`)
  return `/${pattern.replace('*', `namespaces/${namespace}`)}/${name}`
}

async function applyToCluster(api: BundledApi, { name, value }: Setting): Promise<string> {
  if (name === 'metrics') return applyMetrics(api, value !== undefined)
  const found = await api.get(CONFIG)
  if (found === undefined) {
    await api.post(CONFIGS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: SIMULATION_CONFIG.name },
      data: {},
    })
  }
  const data = (found?.data ?? {}) as Readonly<Record<string, string>>
  if (name !== 'clock') {
    await api.merge(CONFIG, { data: { [name]: value ?? null } })
    return value === undefined ? `${name} off` : `${name}=${value}`
  }
  if (value === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(value)) {
    throw commandFailed('clock needs a duration such as clock=5m; it never goes back')
  }
  await api.merge(CONFIG, { data: { 'clock-ahead': `${data['clock-ahead'] ?? ''}${value}` } })
  return `clock moved by ${value}`
}

async function applyMetrics(api: BundledApi, on: boolean): Promise<string> {
  const path = `${API_SERVICES_PATH}/${METRICS_API_NAME}`
  if (!on) {
    await api.remove(path)
    return 'metrics off'
  }
  if ((await api.get(path)) === undefined) await api.post(API_SERVICES_PATH, METRICS_API_SERVICE)
  return 'metrics on'
}
