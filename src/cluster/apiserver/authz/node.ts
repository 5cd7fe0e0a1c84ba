import { type JsonObject, type KubeObject, listAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import type { User } from '../exchange.ts'
import { podClaims, podConfigMaps, podSecrets } from '../pod-references.ts'
import type { Attributes, Decision } from './attributes.ts'
import { NODE_RULES } from './default-roles.ts'
import { ruleAllows } from './rules.ts'

const NODE_PREFIX = 'system:node:'
const NODES_GROUP = 'system:nodes'
const LEASE_NAMESPACE = 'kube-node-lease'
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'

/** The node as which somebody acts; undefined for everybody who is no kubelet. */
export function nodeOf({ name, groups }: User): string | undefined {
  return name.startsWith(NODE_PREFIX) && groups.includes(NODES_GROUP) ? name.slice(NODE_PREFIX.length) : undefined
}

const ALLOWED: Decision = { allowed: true, reason: '' }
const no = (reason: string): Decision => ({ allowed: false, reason })

/**
 * Judges what kubelets do: they read what pods on their node refer to, and write what is about themselves. Undefined for
 * everybody else. As Kubernetes' node authoriser, whose graph is here looked up when it is asked for.
 */
export function judgeNode(store: Store, attributes: Attributes): Decision | undefined {
  const node = nodeOf(attributes.user)
  if (node === undefined) return undefined
  if (node === '') return no(`unknown node for user ${JSON.stringify(attributes.user.name)}`)
  const { group, resource } = attributes
  const judge = attributes.isResource ? JUDGES[group === '' ? resource : `${resource}.${group}`] : undefined
  if (judge !== undefined) return judge({ store, node, attributes })
  return NODE_RULES.some((rule) => ruleAllows(rule, attributes)) ? ALLOWED : no('')
}

interface Question {
  readonly store: Store
  readonly node: string
  readonly attributes: Attributes
}

type Relation = (question: Question) => boolean
type NodeJudge = (question: Question) => Decision

const READS = ['get', 'list', 'watch']
const OWN_VERBS = ['get', 'create', 'update', 'patch', 'delete']

/** Whether any pod on the node, in the namespace that is asked for, fulfils a condition. Mirror pods refer to nothing. */
function anyPod({ store, node }: Question, namespace: string, matches: (pod: KubeObject) => boolean): boolean {
  return store.range(`core/pods/${namespace}/`).entries.some(({ value }) => {
    const pod = value as KubeObject
    if (stringAt(pod.spec, 'nodeName') !== node) return false
    return pod.metadata.annotations?.[MIRROR_ANNOTATION] === undefined && matches(pod)
  })
}

const podRefers =
  (names: (pod: KubeObject) => ReadonlySet<string>): Relation =>
  (question) =>
    anyPod(question, question.attributes.namespace, (pod) => names(pod).has(question.attributes.name))

const usesClaim = (question: Question, namespace: string, name: string): boolean =>
  anyPod(question, namespace, (pod) => podClaims(pod).has(name))

const usesVolume = (question: Question, volume: KubeObject): boolean => {
  const claim = objectAt(volume.spec, 'claimRef')
  return claim !== undefined && usesClaim(question, stringAt(claim, 'namespace'), stringAt(claim, 'name'))
}

function objectNamed({ store }: Question, key: string): KubeObject | undefined {
  return store.get(key)?.value as KubeObject | undefined
}

/** A Secret is also visible that a volume on the node needs. */
const secretRelation: Relation = (question) => {
  if (podRefers(podSecrets)(question)) return true
  const { name, namespace } = question.attributes
  return question.store.range('core/persistentvolumes/').entries.some(({ value }) => {
    const volume = value as KubeObject
    return volumeSecretKeys(volume).includes(`${namespace}/${name}`) && usesVolume(question, volume)
  })
}

function volumeSecretKeys({ spec }: KubeObject): string[] {
  const claimNamespace = stringAt(objectAt(spec, 'claimRef'), 'namespace')
  const source = (spec ?? {}) as JsonObject
  const csi = objectAt(spec, 'csi')
  const staged = ['nodeStageSecretRef', 'nodeExpandSecretRef'].map((field) => objectAt(csi, field))
  const references = Object.keys(source).flatMap((key) =>
    ['secretRef', 'nodePublishSecretRef'].map((field) => objectAt(objectAt(source, key), field)),
  )
  const named = [...references, ...staged].filter((each) => each !== undefined)
  const share = objectAt(spec, 'azureFile')
  return [
    ...named.map((each) => `${stringAt(each, 'namespace') || claimNamespace}/${stringAt(each, 'name')}`),
    `${stringAt(share, 'secretNamespace') || claimNamespace}/${stringAt(share, 'secretName')}`,
  ]
}

const claimRelation: Relation = (question) =>
  usesClaim(question, question.attributes.namespace, question.attributes.name)

const volumeRelation: Relation = (question) => {
  const volume = objectNamed(question, `core/persistentvolumes/${question.attributes.name}`)
  return volume !== undefined && usesVolume(question, volume)
}

const podRelation: Relation = (question) => {
  const { namespace, name } = question.attributes
  return stringAt(objectNamed(question, `core/pods/${namespace}/${name}`)?.spec, 'nodeName') === question.node
}

const deviceClaimRelation: Relation = (question) =>
  anyPod(question, question.attributes.namespace, (pod) =>
    [...listAt(pod.spec, 'resourceClaims'), ...listAt(pod.status, 'resourceClaimStatuses')].some(
      (claim) => stringAt(claim, 'resourceClaimName') === question.attributes.name,
    ),
  )

const ownObject =
  (prefix: string): Relation =>
  (question) =>
    stringAt(objectNamed(question, prefix + question.attributes.name)?.spec, 'nodeName') === question.node

function related(question: Question, relation: Relation): Decision {
  if (question.attributes.name === '') return no('No Object name found')
  return relation(question) ? ALLOWED : no(`no relationship found between node '${question.node}' and this object`)
}

const reading =
  (relation: Relation): NodeJudge =>
  (question) => {
    const { verb, subresource, namespace } = question.attributes
    if (!READS.includes(verb)) return no('can only read resources of this type')
    if (subresource !== '') return no('cannot read subresource')
    if (namespace === '') return no('can only read namespaced object of this type')
    return related(question, relation)
  }

const getting =
  (relation: Relation): NodeJudge =>
  (question) => {
    if (question.attributes.verb !== 'get') return no('can only get individual resources of this type')
    if (question.attributes.subresource !== '') return no('cannot get subresource')
    return related(question, relation)
  }

const accountRelation = podRefers((pod) => new Set([stringAt(pod.spec, 'serviceAccountName')]))

const JUDGES: Readonly<Record<string, NodeJudge>> = {
  secrets: reading(secretRelation),
  configmaps: reading(podRefers(podConfigMaps)),
  persistentvolumeclaims(question) {
    const { subresource, verb } = question.attributes
    if (subresource !== 'status') return getting(claimRelation)(question)
    if (verb !== 'update' && verb !== 'patch') return no('can only get/update/patch this type')
    return related(question, claimRelation)
  },
  persistentvolumes: getting(volumeRelation),
  'resourceclaims.resource.k8s.io': getting(deviceClaimRelation),
  'volumeattachments.storage.k8s.io': getting(ownObject('storage.k8s.io/volumeattachments/')),
  serviceaccounts(question) {
    const { verb, subresource, name } = question.attributes
    if (verb === 'get' && subresource === '') return reading(accountRelation)(question)
    if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts')
    if (subresource !== 'token') return no('can only create token subresource of serviceaccount')
    return related(question, accountRelation)
  },
  'leases.coordination.k8s.io'({ node, attributes: { verb, namespace, name } }) {
    if (!OWN_VERBS.includes(verb)) return no('can only get, create, update, patch, or delete a node lease')
    if (namespace !== LEASE_NAMESPACE) return no(`can only access leases in the "${LEASE_NAMESPACE}" system namespace`)
    if (verb === 'create' || name === node) return ALLOWED
    return no('can only access node lease with the same name as the requesting node')
  },
  'csinodes.storage.k8s.io'({ node, attributes: { verb, subresource, name } }) {
    if (!OWN_VERBS.includes(verb)) return no('can only get, create, update, patch, or delete a CSINode')
    if (subresource !== '') return no('cannot authorize CSINode subresources')
    if (verb === 'create' || name === node) return ALLOWED
    return no('can only access CSINode with the same name as the requesting node')
  },
  'resourceslices.resource.k8s.io'(question) {
    const { verb, subresource } = question.attributes
    if (subresource !== '') return no('cannot authorize ResourceSlice subresources')
    if (verb === 'create') return ALLOWED
    if (OWN_VERBS.includes(verb)) return related(question, ownObject('resource.k8s.io/resourceslices/'))
    if (selectsOwn(question)) return ALLOWED
    return no('can only list/watch/deletecollection resourceslices with nodeName field selector')
  },
  nodes({ node, attributes: { verb, subresource, name } }) {
    const isOwnWrite = verb === 'update' || verb === 'patch'
    if (subresource === 'status') return isOwnWrite ? ALLOWED : no('')
    if (subresource !== '') return no('')
    if (isOwnWrite || verb === 'create') return ALLOWED
    if (!READS.includes(verb)) return no('')
    if (name === node) return ALLOWED
    const what = name === '' ? 'all nodes' : `'${name}'`
    return no(`node '${node}' cannot read ${what}, only its own Node object`)
  },
  pods(question) {
    const { verb, subresource, name } = question.attributes
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : no('')
    if (subresource === 'eviction') return verb === 'create' ? ALLOWED : no('')
    if (subresource !== '') return no('')
    if (verb === 'create' || verb === 'delete') return ALLOWED
    if (verb === 'get') return related(question, podRelation)
    if (verb !== 'list' && verb !== 'watch') return no('')
    if (selectsOwn(question)) return ALLOWED
    return name === ''
      ? no('can only list/watch pods with spec.nodeName field selector')
      : related(question, podRelation)
  },
}

/** Whether a list is restricted to what is about the node. */
function selectsOwn({ node, attributes }: Question): boolean {
  const terms = (attributes.fieldSelector ?? '').split(',')
  return terms.some((term) => /^spec\.nodeName==?([^=!]+)$/.exec(term.trim())?.[1] === node)
}
