import type { JsonObject, KubeObject } from '../../../api/index.ts'
import { ensureObject, stringAt, stringsAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { type AdmissionPlugin, type AdmissionRequest, isFor } from './chain.ts'

const CLASSES = 'storage.k8s.io/storageclasses/'
const INGRESS_CLASSES = 'networking.k8s.io/ingressclasses/'
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'
const DEFAULT_CLASS_BETA = 'storageclass.beta.kubernetes.io/is-default-class'
const DEFAULT_INGRESS_CLASS = 'ingressclass.kubernetes.io/is-default-class'

/** Claims without a class get the default one; of several, the newest. */
export function defaultStorageClass(store: Store): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    admit(request) {
      const claim = request.object
      if (request.operation !== 'CREATE' || !isFor(request, '', 'persistentvolumeclaims') || claim === undefined) return
      const spec = ensureObject(claim as unknown as JsonObject, 'spec')
      if (spec.storageClassName !== undefined) return
      if (claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return
      const chosen = newestDefault(store, CLASSES, [DEFAULT_CLASS, DEFAULT_CLASS_BETA])
      if (chosen !== undefined) spec.storageClassName = chosen
    },
  }
}

/** Ingresses without a class get the default one. */
export function defaultIngressClass(store: Store): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    admit(request) {
      const ingress = request.object
      if (request.operation !== 'CREATE' || !isFor(request, 'networking.k8s.io', 'ingresses') || ingress === undefined)
        return
      const spec = ensureObject(ingress as unknown as JsonObject, 'spec')
      if (spec.ingressClassName !== undefined) return
      if (ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return
      const chosen = newestDefault(store, INGRESS_CLASSES, [DEFAULT_INGRESS_CLASS])
      if (chosen !== undefined) spec.ingressClassName = chosen
    },
  }
}

function newestDefault(store: Store, prefix: string, annotations: readonly string[]): string | undefined {
  const classes = store.range(prefix).entries.map((entry) => entry.value as KubeObject)
  const marked = classes.filter(({ metadata }) => annotations.some((name) => metadata.annotations?.[name] === 'true'))
  const newest = marked.sort((a, b) => {
    const [left, right] = [stringAt(a.metadata, 'creationTimestamp'), stringAt(b.metadata, 'creationTimestamp')]
    if (left !== right) return left < right ? 1 : -1
    return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1
  })
  return newest[0]?.metadata.name
}

const PROTECTED_GROUPS = ['', 'storage.k8s.io']
const PROTECTION: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
}

/** Volumes, claims and their classes of attributes are not deleted while they are used. */
export const storageProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit(request) {
    const finalizer = protectionFor(request)
    const object = request.object
    if (finalizer === undefined || object === undefined) return
    const finalizers = stringsAt(object.metadata, 'finalizers')
    if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer]
  },
}

function protectionFor(request: AdmissionRequest): string | undefined {
  const { definition, operation, subresource } = request
  if (operation !== 'CREATE' || subresource !== '' || !PROTECTED_GROUPS.includes(definition.group)) return undefined
  return PROTECTION[definition.plural]
}
