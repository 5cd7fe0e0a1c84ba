import { jsonEqual } from '../../../api/index.ts'
import type { ComponentContext, ConfigMap } from '../../control/index.ts'
import { CONFIG_MAPS, isOvertaken, NAMESPACES } from '../../control/index.ts'
import { isGoing } from './service-account.ts'

const name = 'kube-root-ca.crt'
const description = 'kubernetes.io/description'
const text =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** As Kubernetes' root-ca-cert-publisher: every namespace has a ConfigMap with the cluster's CA, put right when changed. */
export function startRootCa(ctx: ComponentContext, rootCa: string): void {
  const namespaces = ctx.informers.of(NAMESPACES)
  const maps = ctx.informers.selected(CONFIG_MAPS, `metadata.name=${name}`)
  const data = { 'ca.crt': rootCa }
  const loop = ctx.loop('root-ca-certificate-publisher', async (namespace) => {
    const object = namespaces.get('', namespace)
    if (object === undefined || isGoing(object)) return
    const current = maps.get(namespace, name)
    try {
      if (current === undefined) {
        const metadata = { name, namespace, annotations: { [description]: text } }
        await ctx.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
      } else if (!jsonEqual(current.data, data) || current.metadata.annotations?.[description] !== text) {
        const annotations = { ...current.metadata.annotations, [description]: text }
        const wanted: ConfigMap = { ...current, metadata: { ...current.metadata, annotations }, data }
        delete wanted.binaryData
        await ctx.client.update(CONFIG_MAPS, wanted)
      }
    } catch (error) {
      if (!isOvertaken(error)) throw error
    }
  })
  namespaces.on({
    add: (object) => loop.queue.add(object.metadata.name),
    update: (_old, object) => loop.queue.add(object.metadata.name),
  })
  const recheck = (map: ConfigMap): void => {
    if (map.metadata.name === name) loop.queue.add(map.metadata.namespace ?? '')
  }
  maps.on({ update: (_old, map) => recheck(map), delete: recheck })
}
