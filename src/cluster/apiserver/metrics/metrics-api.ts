import type { KubeObject, ResourceUsage } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { type Scope, timestamp } from '../context.ts'
import { methodNotAllowed, notFound } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import type { ResourceRegistry } from '../registry/registry.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import { listOptions } from '../options.ts'
import { type Answer, listResponse, objectResponse } from '../respond.ts'
import { selectionOf } from '../selectors.ts'

const GROUP = 'metrics.k8s.io'
const VERSION = 'v1beta1'
const KEY = `apiregistration.k8s.io/apiservices/${VERSION}.${GROUP}`
/** The span over which a reading is an average. */
const WINDOW = '15s'

/**
 * Serves the resource metrics API as long as somebody has registered it (an installed metrics server does): its server is a
 * simulated pod, so the figures come straight from the node agent.
 */
export function followMetricsApi(store: Store, registry: ResourceRegistry): void {
  const follow = (registered: boolean): void => {
    for (const definition of definitions) {
      if (registered) registry.put(definition)
      else registry.remove(definition, definition.plural)
    }
  }
  if (store.get(KEY) !== undefined) follow(true)
  store.watch(KEY, store.publishedRevision, (event) => {
    if (event.entry.key === KEY) follow(event.type !== 'delete')
  })
}

/** Answers requests of the resource metrics API. */
export function serveMetrics(scope: Scope): ServerResponse | undefined {
  if (scope.definition.group !== GROUP) return undefined
  const { info } = scope
  if (info.verb === 'get') return objectResponse(scope, 200, oneOf(scope))
  if (info.verb !== 'list') throw methodNotAllowed()
  const predicate = selectionOf(listOptions(scope.request.query, false), scope.definition)
  const prefix = scope.definition.namespaced
    ? `core/pods/${info.namespace === '' ? '' : `${info.namespace}/`}`
    : 'core/nodes/'
  const answers = scope.server.store
    .range(prefix)
    .entries.map(({ value }) => metricsOf(scope, value as KubeObject))
    .filter((object): object is KubeObject => object !== undefined && (predicate?.(object) ?? true))
    .map((object): Answer => ({ object }))
  return listResponse(scope, answers, { resourceVersion: '' })
}

function oneOf(scope: Scope): Answer {
  const { definition, info, server } = scope
  const key = definition.namespaced ? `core/pods/${info.namespace}/${info.name}` : `core/nodes/${info.name}`
  const found = server.store.get(key)?.value as KubeObject | undefined
  const object = found === undefined ? undefined : metricsOf(scope, found)
  if (object === undefined) {
    const where = definition.namespaced ? `${info.namespace}/${info.name}` : info.name
    throw notFound({ group: GROUP, resource: definition.plural }, where)
  }
  return { object }
}

function metricsOf(scope: Scope, source: KubeObject): KubeObject | undefined {
  const { port } = scope.server.streams
  const { name = '', namespace, labels } = source.metadata
  if (port === undefined) return undefined
  const now = timestamp(scope.server.clock)
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    creationTimestamp: now,
    ...(labels !== undefined && { labels }),
  }
  const head = {
    kind: scope.definition.kind,
    apiVersion: `${GROUP}/${VERSION}`,
    metadata,
    timestamp: now,
    window: WINDOW,
  }
  if (!scope.definition.namespaced) return { ...head, usage: quantities(port.nodeUsage(name)) }
  const usage = port.podUsage(namespace ?? '', name)
  if (usage === undefined) return undefined
  return { ...head, containers: usage.containers.map((each) => ({ name: each.name, usage: quantities(each) })) }
}

/** As metrics servers write them: billionths of a core, kibibytes. */
function quantities({ cpu, memory }: ResourceUsage): Record<string, string> {
  const nano = Math.round(cpu * 1e9)
  return { cpu: nano === 0 ? '0' : `${nano}n`, memory: `${Math.round(memory / 1024)}Ki` }
}

function define(kind: string, plural: string, namespaced: boolean): ResourceDefinition {
  return {
    group: GROUP,
    version: VERSION,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['get', 'list'],
    subresources: [],
    strategy: {},
    table: {
      columns: [
        { name: 'Name', type: 'string', format: 'name' },
        { name: 'cpu', type: 'string', format: 'quantity' },
        { name: 'memory', type: 'string', format: 'quantity' },
        { name: 'Window', type: 'string', format: 'duration' },
      ],
      row: (object) => [object.metadata.name ?? '', ...totals(object), WINDOW],
    },
    custom: true,
    applyDefaults: () => undefined,
  }
}

function totals(object: KubeObject): string[] {
  const parts = (object.containers ?? [{ usage: object.usage }]) as readonly { usage: Record<string, string> }[]
  const sum = (resource: string): number =>
    parts.reduce((total, { usage }) => total + Number.parseInt(usage[resource] ?? '0', 10), 0)
  return [`${sum('cpu')}n`, `${sum('memory')}Ki`]
}

const definitions: readonly ResourceDefinition[] = [
  define('NodeMetrics', 'nodes', false),
  define('PodMetrics', 'pods', true),
]
