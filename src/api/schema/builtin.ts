import { assert } from '../../base/index.ts'
import type { GroupVersionKind, JsonObject } from '../object.ts'
import admissionregistrationV1 from './data/admissionregistration-v1.json' with { type: 'json' }
import apiextensionsV1 from './data/apiextensions-v1.json' with { type: 'json' }
import apiregistrationV1 from './data/apiregistration-v1.json' with { type: 'json' }
import appsV1 from './data/apps-v1.json' with { type: 'json' }
import authenticationV1 from './data/authentication-v1.json' with { type: 'json' }
import authorizationV1 from './data/authorization-v1.json' with { type: 'json' }
import autoscalingV1 from './data/autoscaling-v1.json' with { type: 'json' }
import autoscalingV2 from './data/autoscaling-v2.json' with { type: 'json' }
import batchV1 from './data/batch-v1.json' with { type: 'json' }
import certificatesV1 from './data/certificates-v1.json' with { type: 'json' }
import coordinationV1 from './data/coordination-v1.json' with { type: 'json' }
import coreV1 from './data/core-v1.json' with { type: 'json' }
import discoveryV1 from './data/discovery-v1.json' with { type: 'json' }
import eventsV1 from './data/events-v1.json' with { type: 'json' }
import flowcontrolV1 from './data/flowcontrol-v1.json' with { type: 'json' }
import metaV1 from './data/meta-v1.json' with { type: 'json' }
import networkingV1 from './data/networking-v1.json' with { type: 'json' }
import nodeV1 from './data/node-v1.json' with { type: 'json' }
import policyV1 from './data/policy-v1.json' with { type: 'json' }
import rbacV1 from './data/rbac-v1.json' with { type: 'json' }
import resourceV1 from './data/resource-v1.json' with { type: 'json' }
import schedulingV1 from './data/scheduling-v1.json' with { type: 'json' }
import storageV1 from './data/storage-v1.json' with { type: 'json' }
import type { SchemaNode, StructNode } from './model.ts'
import { parseType, type SchemaPackage } from './notation.ts'
import { openapiSchema } from './openapi.ts'

/** Name of the package that metadata and options live in. */
export const META_PACKAGE = 'io.k8s.apimachinery.pkg.apis.meta.v1'

const PACKAGES: readonly SchemaPackage[] = [
  coreV1,
  metaV1,
  appsV1,
  batchV1,
  networkingV1,
  policyV1,
  rbacV1,
  autoscalingV1,
  autoscalingV2,
  storageV1,
  schedulingV1,
  resourceV1,
  coordinationV1,
  discoveryV1,
  nodeV1,
  eventsV1,
  flowcontrolV1,
  certificatesV1,
  admissionregistrationV1,
  apiextensionsV1,
  apiregistrationV1,
  authenticationV1,
  authorizationV1,
]

const byName = /* @__PURE__ */ new Map(PACKAGES.map((pkg) => [pkg.package, pkg]))
const parsed = new Map<string, StructNode>()

/** The struct of a full name such as `io.k8s.api.core.v1.Pod`; undefined when there is none. */
export function findType(fullName: string): StructNode | undefined {
  const known = parsed.get(fullName)
  if (known) return known
  const dot = fullName.lastIndexOf('.')
  const pkg = byName.get(fullName.slice(0, dot))
  const name = fullName.slice(dot + 1)
  const text = pkg?.types[name]
  if (pkg === undefined || text === undefined) return undefined
  const node = parseType(pkg, name, text, requireType)
  parsed.set(fullName, node)
  return node
}

function requireType(fullName: string): SchemaNode {
  const node = findType(fullName)
  assert(node, `no schema for ${fullName}`)
  return node
}

/** The package of an API group and version, such as `io.k8s.api.apps.v1`. */
function packageOf(gv: { readonly group: string; readonly version: string }): string | undefined {
  if (gv.group === 'apiextensions.k8s.io') return apiextensionsV1.package
  if (gv.group === 'apiregistration.k8s.io') return apiregistrationV1.package
  const first = gv.group.split('.')[0]
  const name = `io.k8s.api.${first === '' ? 'core' : first}.${gv.version}`
  return byName.has(name) ? name : undefined
}

/** A built-in kind's schema: its type, and its OpenAPI form when that is asked for. */
export interface BuiltinSchema {
  readonly name: string
  readonly node: StructNode
  readonly openapi: JsonObject
}

/** The schema of a built-in kind; undefined when there is none. Parsed when first used. */
export function builtinSchema(gvk: GroupVersionKind): BuiltinSchema | undefined {
  const pkg = packageOf(gvk)
  const node = pkg === undefined ? undefined : findType(`${pkg}.${gvk.kind}`)
  if (!node) return undefined
  return {
    name: node.name,
    node,
    get openapi() {
      return openapiSchema(node, [gvk])
    },
  }
}
