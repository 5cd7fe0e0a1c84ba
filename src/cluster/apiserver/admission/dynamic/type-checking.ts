import { type CelType, DYN, nodeCelType, type ObjectType, schemaCelType } from '../../../../api/cel/index.ts'
import {
  findType,
  type JsonObject,
  type KubeObject,
  listAt,
  META_PACKAGE,
  objectAt,
  parseApiVersion,
  stringAt,
  stringsAt,
} from '../../../../api/index.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import type { ResourceRegistry } from '../../registry/registry.ts'
import { admissionEnvironment, type VariableTypes } from './expressions.ts'
import { hasParams } from './policy-program.ts'

/** An expression of a policy that does not fit the types that the policy matches. */
export interface ExpressionWarning {
  readonly fieldRef: string
  readonly warning: string
}

/** More types are not looked at in one rule. */
const TYPES_LIMIT = 10

/**
 * Checks the validations of a ValidatingAdmissionPolicy against the types of what it matches. As Kubernetes' type checker:
 * rules with wildcards are left out, a type of unknown schema too.
 */
export function typeWarnings(policy: KubeObject, registry: ResourceRegistry): ExpressionWarning[] {
  const spec = (policy.spec ?? {}) as JsonObject
  const matched = matchedTypes(spec, registry).flatMap((definition) => {
    const object = typeOf(definition)
    return object === undefined ? [] : [{ definition, object }]
  })
  const params = paramsType(spec, registry)
  const problemsOf = (expression: string): string[] =>
    matched.flatMap(({ definition: { group, version, kind }, object }) => {
      const issues = issuesOf(spec, expression, { object, params })
      return issues === undefined ? [] : [`${group}/${version}, Kind=${kind}: ${issues}\n`]
    })
  return listAt(spec, 'validations').flatMap((validation, index) =>
    ['expression', 'messageExpression'].flatMap((key) => {
      const expression = stringAt(validation, key)
      const problems = expression === '' ? [] : problemsOf(expression)
      if (problems.length === 0) return []
      return [{ fieldRef: `spec.validations[${index}].${key}`, warning: problems.join('\n') }]
    }),
  )
}

function issuesOf(spec: JsonObject, expression: string, types: VariableTypes): string | undefined {
  const variables = new Map<string, CelType>()
  const environment = (): ReturnType<typeof admissionEnvironment> =>
    admissionEnvironment({ params: hasParams(spec), authorizer: true, variables: new Map(variables), types })
  for (const variable of listAt(spec, 'variables')) {
    const compiled = environment().compile(stringAt(variable, 'expression'))
    variables.set(stringAt(variable, 'name'), compiled.issues === undefined ? compiled.type : DYN)
  }
  return environment().compile(expression).issues
}

/** The kinds that the rules name, by group, version and kind. */
function matchedTypes(spec: JsonObject, registry: ResourceRegistry): ResourceDefinition[] {
  const found = new Set<ResourceDefinition>()
  for (const rule of listAt(objectAt(spec, 'matchConstraints'), 'resourceRules')) {
    const groups = stringsAt(rule, 'apiGroups')
    const versions = stringsAt(rule, 'apiVersions')
    if ([...groups, ...versions].some((name) => name.includes('*'))) continue
    const resources = stringsAt(rule, 'resources').filter((name) => !/[*/]/.test(name))
    let count = 0
    for (const group of groups.toSorted()) {
      for (const version of versions.toSorted()) {
        for (const resource of resources.toSorted()) {
          for (const definition of named(registry, { group, version, resource })) {
            found.add(definition)
            count++
            if (count === TYPES_LIMIT) return sorted(found)
          }
        }
      }
    }
  }
  return sorted(found)
}

/** A resource without a group is looked for in all of them, as kubectl looks for names. */
function named(
  registry: ResourceRegistry,
  wanted: { readonly group: string; readonly version: string; readonly resource: string },
): ResourceDefinition[] {
  return registry
    .all()
    .filter(
      ({ group, version, plural, singular }) =>
        (wanted.group === '' || wanted.group === group) &&
        wanted.version === version &&
        (wanted.resource === plural || wanted.resource === singular),
    )
}

function sorted(found: ReadonlySet<ResourceDefinition>): ResourceDefinition[] {
  const keyOf = ({ group, version, kind }: ResourceDefinition): string => `${group}\0${version}\0${kind}`
  return [...found].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

function paramsType(spec: JsonObject, registry: ResourceRegistry): CelType | undefined {
  const kind = objectAt(spec, 'paramKind')
  if (kind === undefined) return undefined
  const definition = registry.findKind(parseApiVersion(stringAt(kind, 'apiVersion')), stringAt(kind, 'kind'))
  return definition && typeOf(definition)
}

/** The type of a kind's objects; of custom resources as their schema declares them, with metadata. */
function typeOf({ kind, schema, custom }: ResourceDefinition): CelType | undefined {
  if (schema === undefined) return undefined
  if (custom !== true) return nodeCelType(schema.node, kind)
  const own = schemaCelType(schema.openapi, kind, true)?.type
  const meta = findType(`${META_PACKAGE}.ObjectMeta`)
  const metadata = meta && nodeCelType(meta, `${kind}.metadata`)
  if (own?.kind !== 'object' || metadata === undefined) return own
  const fields: ObjectType['fields'] = new Map([...own.fields, ['metadata', metadata]])
  return { ...own, fields }
}
