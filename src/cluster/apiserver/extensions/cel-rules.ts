import type { FieldError, JsonObject } from '../../../api/index.ts'
import {
  BOOL,
  type CelEnvironment,
  CelError,
  celFromSchema,
  type CelValue,
  type Compiled,
  createCelEnvironment,
  Optional,
  optionalOf,
  sameType,
  schemaCelType,
  type SizedType,
  STRING,
} from '../../../api/cel/index.ts'
import { boolAt, stringAt } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { bodyText } from '../field-error-text.ts'
import { type Before, fieldBefore, isUnchanged, itemBefore } from './correlation.ts'
import { fieldPathText } from './field-path.ts'

/** Work that all rules of one object may do together. As RuntimeCELCostBudget of Kubernetes. */
const BUDGET = 10_000_000
const MESSAGE_LIMIT = 5 * 1024

/** A rule of `x-kubernetes-validations`, compiled. */
export interface CompiledRule {
  readonly rule: JsonObject
  /** Absent when the rule is empty. */
  readonly check?: Compiled
  /** Why the rule cannot be used: what it says is no rule. */
  readonly problem?: string
  readonly message?: Compiled
  readonly messageProblem?: string
  readonly usesOldSelf: boolean
  readonly isOptional: boolean
}

/** Compiles the rules that stand at one schema. */
export function compileRules(schema: JsonObject, type: SizedType | undefined): CompiledRule[] {
  const rules = rulesOf(schema)
  if (rules.length === 0 || type === undefined) return []
  const plain = createCelEnvironment({ self: type.type, oldSelf: type.type })
  const optional = createCelEnvironment({ self: type.type, oldSelf: optionalOf(type.type) })
  return rules.map((rule) => compileRule(rule, boolAt(rule, 'optionalOldSelf') ? optional : plain))
}

/** The rules that stand at a schema. */
export function rulesOf(schema: JsonObject): JsonObject[] {
  const rules = schema['x-kubernetes-validations']
  return Array.isArray(rules) ? rules.filter((rule): rule is JsonObject => isObject(rule)) : []
}

function compileRule(rule: JsonObject, environment: CelEnvironment): CompiledRule {
  const isOptional = boolAt(rule, 'optionalOldSelf')
  const source = stringAt(rule, 'rule')
  if (source.trim() === '') return { rule, usesOldSelf: false, isOptional }
  const check = environment.compile(source)
  const usesOldSelf = check.issues === undefined && check.uses.has('oldSelf')
  const base = { rule, usesOldSelf, isOptional }
  if (check.issues !== undefined) return { ...base, problem: `compilation failed: ${check.issues}` }
  if (!sameType(check.type, BOOL)) return { ...base, problem: 'cel expression must evaluate to a bool' }
  const text = stringAt(rule, 'messageExpression')
  if (text === '') return { ...base, check }
  const message = environment.compile(text)
  if (message.issues !== undefined) {
    return { ...base, check, messageProblem: `messageExpression compilation failed: ${message.issues}` }
  }
  if (!sameType(message.type, STRING)) {
    return { ...base, check, messageProblem: 'messageExpression must evaluate to a string' }
  }
  return { ...base, check, message }
}

/** The rules of a schema and of all below it. */
interface RuleTree {
  readonly schema: JsonObject
  readonly rules: readonly CompiledRule[]
  readonly isResource: boolean
  readonly items?: RuleTree
  readonly additional?: RuleTree
  readonly properties: ReadonlyMap<string, RuleTree>
  readonly allOf: readonly RuleTree[]
}

/** Checks a changed or new object by the rules of its schema. Findings beyond the budget are left out, as Kubernetes does. */
export type RuleChecker = (value: unknown, before: Before | undefined, warn: (text: string) => void) => FieldError[]

/** The rules of a custom resource's schema, compiled when they are first needed; undefined when there are none. */
export function ruleChecker(schema: JsonObject | undefined, resource = true): RuleChecker | undefined {
  if (schema === undefined || !JSON.stringify(schema).includes('"x-kubernetes-validations"')) return undefined
  let tree: RuleTree | undefined | null = null
  return (value, before, warn) => {
    if (tree === null) tree = treeOf(schema, schema, resource)
    if (tree === undefined) return []
    const run = new RuleRun(warn)
    run.visit(tree, value, { path: '', before, ancestor: undefined, isRoot: true })
    return run.errors
  }
}

const schemaAt = (schema: JsonObject, key: string): JsonObject | undefined => {
  const value = schema[key]
  return isObject(value) ? (value as JsonObject) : undefined
}

/** `node` has the shape, `rules` the rules: they differ under allOf. */
function treeOf(rules: JsonObject, node: JsonObject, isResource: boolean): RuleTree | undefined {
  const type = rulesOf(rules).length > 0 ? schemaCelType(node, 'selfType', isResource) : undefined
  const compiled = compileRules(rules, type)
  const below = (key: 'items' | 'additionalProperties'): RuleTree | undefined => {
    const [own, shape] = [schemaAt(rules, key), schemaAt(node, key)]
    return own === undefined || shape === undefined ? undefined : treeOf(own, shape, isEmbedded(shape))
  }
  const properties = new Map<string, RuleTree>()
  const shapes = schemaAt(node, 'properties') ?? {}
  for (const [name, property] of Object.entries(schemaAt(rules, 'properties') ?? {})) {
    const shape = shapes[name]
    if (!isObject(property) || !isObject(shape)) continue
    const tree = treeOf(property as JsonObject, shape as JsonObject, isEmbedded(shape as JsonObject))
    if (tree !== undefined) properties.set(name, tree)
  }
  const all = Array.isArray(rules.allOf) ? rules.allOf : []
  const allOf = all.flatMap((each) => (isObject(each) ? (treeOf(each as JsonObject, node, isResource) ?? []) : []))
  const [items, additional] = [below('items'), below('additionalProperties')]
  if (compiled.length + properties.size + allOf.length === 0 && items === undefined && additional === undefined) {
    return undefined
  }
  return {
    schema: node,
    rules: compiled,
    isResource,
    ...(items && { items }),
    ...(additional && { additional }),
    properties,
    allOf,
  }
}

function isEmbedded(schema: JsonObject): boolean {
  return schema['x-kubernetes-embedded-resource'] === true
}

interface Place {
  readonly path: string
  readonly before: Before | undefined
  /** Whether the nearest value above that could be compared has not changed, when this one cannot be compared. */
  readonly ancestor: boolean | undefined
  readonly isRoot: boolean
}

/** One check of one object. */
class RuleRun {
  readonly errors: FieldError[] = []
  readonly #warn: (text: string) => void
  #budget = BUDGET

  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  visit(tree: RuleTree, value: unknown, place: Place): void {
    if (value === null || value === undefined || this.#budget < 0) return
    this.#check(tree, value, place)
    for (const each of tree.allOf) this.visit(each, value, place)
    if (Array.isArray(value)) {
      if (tree.items === undefined) return
      for (const [index, item] of value.entries()) {
        this.visit(
          tree.items,
          item,
          below(place, value, `${place.path}[${index}]`, itemBefore(tree.schema, place.before, item)),
        )
      }
      return
    }
    if (!isObject(value)) return
    for (const [name, item] of Object.entries(value)) {
      const before = fieldBefore(place.before, name)
      const property = tree.properties.get(name)
      if (tree.additional !== undefined) {
        this.visit(tree.additional, item, below(place, value, `${place.path}[${name}]`, before))
      }
      if (property !== undefined) this.visit(property, item, below(place, value, joined(place.path, name), before))
    }
  }

  #check(tree: RuleTree, value: unknown, place: Place): void {
    if (tree.rules.length === 0) return
    const type = stringAt(tree.schema, 'type')
    const fail = (detail: string): void => {
      this.errors.push({ type: 'Invalid', field: pathText(place.path), value: type, detail })
    }
    if (this.#budget <= 0) {
      fail('validation failed due to running out of cost budget, no further validation rules will be run')
      this.#budget = -1
      return
    }
    for (const rule of tree.rules) {
      this.#checkRule(rule, tree, value, place, fail)
      if (this.#budget < 0) return
    }
  }

  #checkRule(rule: CompiledRule, tree: RuleTree, value: unknown, place: Place, fail: (detail: string) => void): void {
    const { check } = rule
    if (rule.problem !== undefined) {
      fail(`rule compile error: ${rule.problem}`)
      return
    }
    if (check?.program === undefined || (rule.usesOldSelf && place.before === undefined && !rule.isOptional)) return
    const activation = activationOf(rule, tree, value, place.before)
    const { value: result, cost } = check.program(activation)
    const shown = stringAt(rule.rule, 'message').trim() || stringAt(rule.rule, 'rule').trim()
    this.#budget -= cost
    if (this.#budget < 0) {
      fail('validation failed due to running out of cost budget, no further validation rules will be run')
      return
    }
    if (result === true) return
    if (result instanceof CelError) {
      if (result.code === 'CEL_COST') {
        fail(
          `'${result.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`,
        )
        this.#budget = -1
      } else if (result.message.startsWith('no such overload')) {
        const why = 'call arguments did not match a supported operator, function or macro signature for rule'
        fail(`'${result.message}': ${why}: ${shown}`)
      } else fail(`${result.message} evaluating rule: ${shown}`)
      return
    }
    this.#violated(rule, tree, value, place, this.#messageOf(rule, activation) ?? defaultMessage(rule.rule))
  }

  #violated(rule: CompiledRule, tree: RuleTree, value: unknown, place: Place, detail: string): void {
    const suffix = fieldPathText(stringAt(rule.rule, 'fieldPath'))
    const field = suffix === '' ? place.path : joined(place.path, suffix)
    const type = stringAt(tree.schema, 'type')
    const error = findingFor(stringAt(rule.rule, 'reason'), pathText(field), isSimple(type) ? value : undefined, detail)
    if (!rule.usesOldSelf && isRatcheted(place, value)) this.#warn(`${error.field}: ${bodyText(error)}`)
    else this.errors.push(error)
  }

  /** The text that a messageExpression gives, unless it fails or is no good. */
  #messageOf(rule: CompiledRule, activation: (name: string) => CelValue | undefined): string | undefined {
    if (rule.message?.program === undefined) return undefined
    const { value, cost } = rule.message.program(activation)
    this.#budget -= cost
    if (typeof value !== 'string') return undefined
    const text = value.trim()
    return text === '' || text.includes('\n') || text.length > MESSAGE_LIMIT ? undefined : text
  }
}

function below(place: Place, value: unknown, path: string, before: Before | undefined): Place {
  const ancestor = place.before === undefined ? place.ancestor : isUnchanged(place.before, value)
  return { path, before, ancestor, isRoot: false }
}

function isRatcheted(place: Place, value: unknown): boolean {
  return place.before === undefined ? place.ancestor === true : isUnchanged(place.before, value)
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function pathText(path: string): string {
  return path === '' ? '<nil>' : path
}

function isSimple(type: string): boolean {
  return type !== 'object' && type !== 'array'
}

function defaultMessage(rule: JsonObject): string {
  const message = stringAt(rule, 'message').trim()
  return message === '' ? `failed rule: ${stringAt(rule, 'rule').trim()}` : message
}

/** The finding by the reason that a rule names. Objects and lists are not printed. */
function findingFor(reason: string, field: string, value: unknown, detail: string): FieldError {
  const shown = value === undefined ? { omitValue: true } : { value }
  switch (reason) {
    case 'FieldValueForbidden':
      return { type: 'Forbidden', field, detail }
    case 'FieldValueRequired':
      return { type: 'Required', field, detail }
    case 'FieldValueDuplicate':
      return { type: 'Duplicate', field, detail: '', ...shown }
    default:
      return { type: 'Invalid', field, detail, ...shown }
  }
}

function activationOf(
  rule: CompiledRule,
  tree: RuleTree,
  value: unknown,
  before: Before | undefined,
): (name: string) => CelValue | undefined {
  const convert = (each: unknown): CelValue => celFromSchema(each, tree.schema, tree.isResource)
  return (name) => {
    if (name === 'self') return convert(value)
    if (name !== 'oldSelf') return undefined
    if (!rule.isOptional) return before === undefined ? undefined : convert(before.value)
    return new Optional(before === undefined ? undefined : convert(before.value))
  }
}
