import type { KubeObject } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { notFound } from '../errors.ts'
import { type AdmissionPlugin, isFor, refusedBy } from './chain.ts'

const UNDYING: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

/** Objects need a namespace that exists and is not being deleted; some namespaces are never deleted. */
export function namespaceLifecycle(store: Store): AdmissionPlugin {
  const check: NonNullable<AdmissionPlugin['admit']> = (request) => {
    const { definition, namespace, operation } = request
    if (operation === 'DELETE' || !definition.namespaced || namespace === '') return
    const found = store.get(`core/namespaces/${namespace}`)?.value as KubeObject | undefined
    if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace)
    if (operation !== 'CREATE' || request.subresource !== '') return
    const phase = (found.status as { phase?: string } | undefined)?.phase
    if (phase !== 'Terminating') return
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    }
    throw refusedBy(request, `unable to create new content in namespace ${namespace} because it is being terminated`, [
      cause,
    ])
  }
  return {
    name: 'NamespaceLifecycle',
    admit: check,
    validate(request) {
      if (request.operation === 'DELETE' && isFor(request, '', 'namespaces') && UNDYING.has(request.name)) {
        throw refusedBy(request, 'this namespace may not be deleted')
      }
    },
  }
}
