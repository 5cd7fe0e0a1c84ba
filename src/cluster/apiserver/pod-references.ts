import { type JsonObject, type KubeObject, listAt, objectAt, stringAt } from '../../api/index.ts'

/** Volume sources that name a Secret of the pod's namespace, and the field that does. */
const SECRET_FIELDS = ['secretRef', 'nodePublishSecretRef'] as const

/** The Secrets that a pod's containers, volumes and image pulls refer to. As podutil.VisitPodSecretNames. */
export function podSecrets(pod: KubeObject): Set<string> {
  const names = [
    ...listAt(pod.spec, 'imagePullSecrets').map((each) => stringAt(each, 'name')),
    ...environmentNames(pod, 'secretRef', 'secretKeyRef'),
    ...listAt(pod.spec, 'volumes').flatMap((volume) => [...volumeSecrets(volume), ...projected(volume, 'secret')]),
  ]
  return new Set(names.filter((name) => name !== ''))
}

/** The ConfigMaps that a pod's containers and volumes refer to. As podutil.VisitPodConfigmapNames. */
export function podConfigMaps(pod: KubeObject): Set<string> {
  const names = [
    ...environmentNames(pod, 'configMapRef', 'configMapKeyRef'),
    ...listAt(pod.spec, 'volumes').flatMap((volume) => [
      stringAt(objectAt(volume, 'configMap'), 'name'),
      ...projected(volume, 'configMap'),
    ]),
  ]
  return new Set(names.filter((name) => name !== ''))
}

/** The claims that a pod's volumes are of, those made for it included. */
export function podClaims(pod: KubeObject): Set<string> {
  const names = listAt(pod.spec, 'volumes').map((volume) => {
    const claim = stringAt(objectAt(volume, 'persistentVolumeClaim'), 'claimName')
    const own = objectAt(volume, 'ephemeral') === undefined ? '' : `${pod.metadata.name}-${stringAt(volume, 'name')}`
    return claim === '' ? own : claim
  })
  return new Set(names.filter((name) => name !== ''))
}

/** Secrets that one volume of a pod names. */
function volumeSecrets(volume: JsonObject): string[] {
  const names = [
    stringAt(objectAt(volume, 'secret'), 'secretName'),
    stringAt(objectAt(volume, 'azureFile'), 'secretName'),
    ...Object.keys(volume).flatMap((source) => {
      const spec = objectAt(volume, source)
      return SECRET_FIELDS.map((field) => stringAt(objectAt(spec, field), 'name'))
    }),
  ]
  return names.filter((name) => name !== '')
}

function projected(volume: JsonObject, source: 'secret' | 'configMap'): string[] {
  return listAt(objectAt(volume, 'projected'), 'sources').map((each) => stringAt(objectAt(each, source), 'name'))
}

function environmentNames(pod: KubeObject, whole: string, key: string): string[] {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) => listAt(pod.spec, field))
  return containers.flatMap((container) => [
    ...listAt(container, 'envFrom').map((each) => stringAt(objectAt(each, whole), 'name')),
    ...listAt(container, 'env').map((each) => stringAt(objectAt(objectAt(each, 'valueFrom'), key), 'name')),
  ])
}
