import {
  boolAt,
  ensureObject,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { keepAllBut, keepField, specOf } from './base.ts'

/** Namespaces: born active, kept by the `kubernetes` finalizer until they are empty. */
export const namespaceStrategy: Strategy = {
  generation: false,
  prepareForCreate(object) {
    object.status = { phase: 'Active' }
    const spec = ensureObject(object as unknown as JsonObject, 'spec')
    const finalizers = stringsAt(spec, 'finalizers')
    if (!finalizers.includes('kubernetes')) spec.finalizers = [...finalizers, 'kubernetes']
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    const finalizers = specOf(old).finalizers
    const spec = ensureObject(object as unknown as JsonObject, 'spec')
    if (finalizers === undefined) delete spec.finalizers
    else spec.finalizers = finalizers
  },
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
  selectableFields: (object) => ({ 'status.phase': stringAt(object.status, 'phase') }),
}

/** Nodes: status may come with the creation. */
export const nodeStrategy: Strategy = {
  generation: false,
  prepareForCreate: (object) => tidyNode(object),
  prepareForUpdate(object, old) {
    tidyNode(object)
    keepField(object, old, 'status')
  },
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
  selectableFields: (object) => ({ 'spec.unschedulable': String(boolAt(object.spec, 'unschedulable')) }),
}

/** One address range in two fields, of which the single one wins; settings of the kubelet are no longer kept here. */
function tidyNode(object: KubeObject): void {
  const spec = specOf(object)
  delete spec.configSource
  const status = objectAt(object, 'status')
  if (status) delete status.config
  const range = stringAt(spec, 'podCIDR')
  const ranges = stringsAt(spec, 'podCIDRs')
  if (range !== '' && ranges[0] !== range) spec.podCIDRs = [range]
  else if (range === '' && ranges[0] !== undefined && ranges[0] !== '') spec.podCIDR = ranges[0]
}

/** Service accounts refer to secrets by name only. */
export function serviceAccountStrategy(base: Strategy): Strategy {
  const tidy = (object: KubeObject): void => {
    const secrets = listAt(object, 'secrets')
    if (secrets.length > 0)
      object.secrets = secrets.map((secret) => {
        const name = stringAt(secret, 'name')
        return name === '' ? {} : { name }
      })
  }
  return {
    ...base,
    prepareForCreate: (object) => tidy(object),
    prepareForUpdate: (object) => tidy(object),
  }
}

/** Leases: coordinated elections are off by default, and so are their fields. */
export function leaseStrategy(base: Strategy): Strategy {
  const tidy = (object: KubeObject, old: KubeObject | undefined): void => {
    const spec = specOf(object)
    for (const key of ['strategy', 'preferredHolder'])
      if (specOf(old ?? object)[key] === undefined || !old) delete spec[key]
  }
  return {
    ...base,
    prepareForCreate: (object) => tidy(object, undefined),
    prepareForUpdate: (object, old) => tidy(object, old),
  }
}

/** Stateful sets: several pods at once is a feature that is off by default. */
export function statefulSetStrategy(base: Strategy): Strategy {
  const rolling = (object: KubeObject): JsonObject | undefined =>
    objectAt(objectAt(object.spec, 'updateStrategy'), 'rollingUpdate')
  const tidy = (object: KubeObject, old: KubeObject | undefined): void => {
    const own = rolling(object)
    if (own && (!old || rolling(old)?.maxUnavailable === undefined)) delete own.maxUnavailable
  }
  return {
    ...base,
    prepareForCreate(object, ctx) {
      tidy(object, undefined)
      base.prepareForCreate?.(object, ctx)
    },
    prepareForUpdate(object, old, ctx) {
      tidy(object, old)
      base.prepareForUpdate?.(object, old, ctx)
    },
  }
}

/** Limit ranges need no name of their own. */
export function limitRangeStrategy(base: Strategy): Strategy {
  return {
    ...base,
    prepareForCreate(object, ctx) {
      if ((object.metadata.name ?? '') === '') object.metadata.name = ctx.uuid()
    },
  }
}

/** Endpoint slices of v1 have no free topology. */
export function endpointSliceStrategy(base: Strategy): Strategy {
  const tidy = (object: KubeObject): void => {
    for (const endpoint of listAt(object, 'endpoints')) delete endpoint.deprecatedTopology
  }
  return {
    ...base,
    prepareForCreate: (object) => tidy(object),
    prepareForUpdate: (object) => tidy(object),
    countsFurther: ({ metadata }, old) => !jsonEqual(metadata.labels ?? {}, old.metadata.labels ?? {}),
  }
}

/** Secrets. */
export const secretStrategy: Strategy = {
  generation: false,
  selectableFields: (object) => ({ type: stringAt(object, 'type') }),
}

/** Events, in the core group's form. */
export const eventStrategy: Strategy = {
  generation: false,
  selectableFields(object) {
    const involved = objectAt(object, 'involvedObject') ?? objectAt(object, 'regarding')
    const source = objectAt(object, 'source') ?? objectAt(object, 'deprecatedSource')
    const controller = stringAt(object, 'reportingComponent') || stringAt(object, 'reportingController')
    const fields: Record<string, string> = {}
    for (const key of ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']) {
      fields[`involvedObject.${key}`] = stringAt(involved, key)
      fields[`regarding.${key}`] = stringAt(involved, key)
    }
    return {
      ...fields,
      reason: stringAt(object, 'reason'),
      reportingComponent: controller,
      reportingController: controller,
      source: stringAt(source, 'component') || controller,
      type: stringAt(object, 'type'),
    }
  },
}

/** CustomResourceDefinitions: which versions were ever stored is kept in the status. */
export const customResourceDefinitionStrategy: Strategy = {
  prepareForCreate(object) {
    object.status = {
      acceptedNames: { kind: '', plural: '' },
      conditions: null,
      storedVersions: storageVersions(object),
    }
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    const status = structuredClone((object.status ?? {}) as JsonObject)
    const stored = stringsAt(status, 'storedVersions')
    for (const version of storageVersions(object)) if (!stored.includes(version)) stored.push(version)
    status.storedVersions = stored
    object.status = status
  },
  prepareForStatusUpdate(object, old) {
    keepAllBut(object, old, ['status'])
    const { managedFields, resourceVersion } = object.metadata
    object.metadata = {
      ...old.metadata,
      ...(managedFields && { managedFields }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    }
  },
}

/** The version that is stored, as a list; of several that say so, which validation refuses, the first. */
function storageVersions(object: KubeObject): string[] {
  const versions = (specOf(object).versions ?? []) as JsonObject[]
  const stored = versions.find((version) => boolAt(version, 'storage'))
  return stored === undefined ? [] : [stringAt(stored, 'name')]
}

/** CertificateSigningRequests: conditions change through `approval`, the certificate through `status`. */
export const certificateSigningRequestStrategy: Strategy = {
  generation: false,
  prepareForCreate(object, { user }) {
    const spec = ensureObject(object as unknown as JsonObject, 'spec')
    const extra = Object.entries(user.extra ?? {}).map(([key, values]) => [key, [...values]])
    for (const key of ['username', 'uid', 'groups', 'extra']) delete spec[key]
    // Who asks for a certificate is what the server saw, not what the request says.
    spec.username = user.name
    if (user.uid !== undefined && user.uid !== '') spec.uid = user.uid
    if (user.groups.length > 0) spec.groups = [...user.groups]
    if (extra.length > 0) spec.extra = Object.fromEntries(extra) as JsonObject
    object.status = {}
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    keepField(object, old, 'spec')
  },
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
  selectableFields: (object) => ({ 'spec.signerName': stringAt(object.spec, 'signerName') }),
}

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** DaemonSets count the changes of their template in an annotation. */
export function daemonSetStrategy(base: Strategy): Strategy {
  const annotate = (object: KubeObject, generation: number): void => {
    object.metadata.annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) }
  }
  return {
    ...base,
    prepareForCreate(object, ctx) {
      base.prepareForCreate?.(object, ctx)
      annotate(object, 1)
    },
    prepareForUpdate(object, old, ctx) {
      base.prepareForUpdate?.(object, old, ctx)
      const before = Number.parseInt(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? '0', 10) || 0
      annotate(object, jsonEqual(specOf(object).template, specOf(old).template) ? before : before + 1)
    },
  }
}
