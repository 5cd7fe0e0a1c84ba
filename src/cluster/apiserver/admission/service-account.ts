import type { Json, JsonObject, KubeObject } from '../../../api/index.ts'
import { ensureObject, listAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { podSecrets } from '../pod-references.ts'
import { type AdmissionPlugin, type AdmissionRequest, isFor, refusedBy } from './chain.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const TOKEN_VOLUME = 'kube-api-access-'
const MIRROR = 'kubernetes.io/config.mirror'

/** Pods run as a service account: `default` when they name none, with its token mounted and its pull secrets. */
export function serviceAccount(store: Store, suffix: () => string): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    admit(request) {
      const pod = request.object
      if (request.operation !== 'CREATE' || !isFor(request, '', 'pods') || pod === undefined) return
      if (pod.metadata.annotations?.[MIRROR] !== undefined) {
        const problem = mirrorProblem(pod)
        if (problem !== undefined) throw refusedBy(request, problem)
        return
      }
      const spec = ensureObject(pod as unknown as JsonObject, 'spec')
      if (stringAt(spec, 'serviceAccountName') === '') spec.serviceAccountName = 'default'
      spec.serviceAccount = stringAt(spec, 'serviceAccountName')
      const account = accountOf(store, request, spec)
      if (mountsToken(account, spec)) mountToken(spec, suffix())
      if (listAt(spec, 'imagePullSecrets').length === 0 && listAt(account, 'imagePullSecrets').length > 0) {
        spec.imagePullSecrets = structuredClone(account.imagePullSecrets) as Json
      }
    },
  }
}

/** Nobody grants a kubelet's own pods anything. */
function mirrorProblem(pod: KubeObject): string | undefined {
  if (stringAt(pod.spec, 'serviceAccountName') !== '') return 'a mirror pod may not reference service accounts'
  if (podSecrets(pod).size > 0) return 'a mirror pod may not reference secrets'
  const sources = listAt(pod.spec, 'volumes').flatMap((volume) => listAt(objectAt(volume, 'projected'), 'sources'))
  if (sources.every((source) => source.serviceAccountToken === undefined)) return undefined
  return 'a mirror pod may not use ServiceAccountToken volume projections'
}

function accountOf(store: Store, request: AdmissionRequest, spec: JsonObject): KubeObject {
  const name = stringAt(spec, 'serviceAccountName')
  const account = store.get(`core/serviceaccounts/${request.namespace}/${name}`)?.value as KubeObject | undefined
  if (account !== undefined) return account
  // Names that no path may hold are refused by Kubernetes' client before it asks.
  const problem = name.includes('/')
    ? `invalid resource name ${JSON.stringify(name)}: [may not contain '/']`
    : undefined
  const found = problem ?? `serviceaccount ${JSON.stringify(name)} not found`
  const why = `error looking up service account ${request.namespace}/${name}: ${found}`
  throw refusedBy(request, why)
}

function mountsToken(account: KubeObject, spec: JsonObject): boolean {
  if (spec.automountServiceAccountToken !== undefined) return spec.automountServiceAccountToken !== false
  return account.automountServiceAccountToken !== false
}

function mountToken(spec: JsonObject, suffix: string): void {
  const volumes = listAt(spec, 'volumes')
  const known = volumes.map((volume) => stringAt(volume, 'name')).find((each) => each.startsWith(TOKEN_VOLUME))
  const name = known ?? TOKEN_VOLUME + suffix
  let used = false
  for (const list of ['initContainers', 'containers']) {
    for (const container of listAt(spec, list)) {
      const mounts = listAt(container, 'volumeMounts')
      if (mounts.some((mount) => stringAt(mount, 'mountPath') === MOUNT_PATH)) continue
      container.volumeMounts = [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }]
      used = true
    }
  }
  if (used && known === undefined) spec.volumes = [...volumes, tokenVolume(name)]
}

function tokenVolume(name: string): JsonObject {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  }
}
