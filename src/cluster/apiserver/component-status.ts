import type { KubeObject } from '../../api/index.ts'
import type { Scope } from './context.ts'
import { notFound } from './errors.ts'
import type { ServerResponse } from './exchange.ts'
import { listOptions } from './options.ts'
import { listResponse, objectResponse } from './respond.ts'
import { selectionOf } from './selectors.ts'

/** What Kubernetes asks for its health when somebody looks; all of it is this process. */
const COMPONENTS = ['controller-manager', 'scheduler', 'etcd-0']

/** Answers requests for ComponentStatuses, which are stored nowhere. */
export function serveComponentStatus(scope: Scope): ServerResponse | undefined {
  const { definition, info, request } = scope
  if (definition.group !== '' || definition.kind !== 'ComponentStatus') return undefined
  if (info.verb === 'get') {
    if (!COMPONENTS.includes(info.name)) throw notFound({ group: '', resource: 'componentstatus' }, info.name)
    return objectResponse(scope, 200, { object: healthy(info.name) })
  }
  if (info.verb !== 'list') return undefined
  const selected = selectionOf(listOptions(request.query, false), definition)
  const objects = COMPONENTS.map(healthy).filter((object) => selected?.(object) ?? true)
  return listResponse(
    scope,
    objects.map((object) => ({ object })),
    {},
  )
}

function healthy(name: string): KubeObject {
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  } as unknown as KubeObject
}
