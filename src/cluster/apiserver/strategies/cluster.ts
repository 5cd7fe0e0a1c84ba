import {
  boolAt,
  ensureObject,
  type JsonObject,
  jsonEqual,
  type KubeObject,
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
  prepareForUpdate: (object, old) => keepField(object, old, 'status'),
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
  selectableFields: (object) => ({ 'spec.unschedulable': String(boolAt(object.spec, 'unschedulable')) }),
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

function storageVersions(object: KubeObject): string[] {
  const versions = (specOf(object).versions ?? []) as JsonObject[]
  return versions.filter((version) => boolAt(version, 'storage')).map((version) => stringAt(version, 'name'))
}

/** CertificateSigningRequests: conditions change through `approval`, the certificate through `status`. */
export const certificateSigningRequestStrategy: Strategy = {
  generation: false,
  prepareForCreate(object) {
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
