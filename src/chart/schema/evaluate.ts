import type { GoMap, GoSlice, GoValue } from '../../go/index.ts'
import { firstEqualItems, numberProblems, textProblems, valueProblem } from './assertions.ts'
import { isNumber } from './json.ts'
import { count, type Problem, quoted, quotedList } from './messages.ts'
import type { Schema } from './model.ts'
import { isEmpty, keywordLocation, type Scope, scopes, type Unevaluated, unevaluatedOf } from './scope.ts'
import { escapeToken } from './location.ts'

/** For checking schemas themselves: parts with an id may follow another dialect than the document. */
export interface MetaContext {
  readonly metaschema: Schema
  /** The meta-schema of the resource at a pointer of the document, if one starts there. */
  readonly at: (pointer: string) => Schema | undefined
}

/** Checks a value; the answer is empty when it is valid. As santhosh-tekuri/jsonschema 6, which Helm 4.2 uses. */
export function evaluate(schema: Schema, value: GoValue, meta?: MetaContext): readonly Problem[] {
  const scope: Scope = { schema, valueId: 0, parent: undefined, keyword: '' }
  const run = new Evaluation(schema, value, [], scope, unevaluatedOf(value, schema, false), false, meta)
  const problem = run.validate()
  if (!problem) return []
  return problem.kind === 'group' ? problem.causes : [problem]
}

class Evaluation {
  #schema: Schema
  readonly #value: GoValue
  readonly #path: readonly string[]
  readonly #scope: Scope
  readonly unevaluated: Unevaluated
  readonly #quick: boolean
  #meta: MetaContext | undefined
  readonly #problems: Problem[] = []

  constructor(
    schema: Schema,
    value: GoValue,
    path: readonly string[],
    scope: Scope,
    unevaluated: Unevaluated,
    quick: boolean,
    meta: MetaContext | undefined,
  ) {
    this.#schema = schema
    this.#value = value
    this.#path = path
    this.#scope = scope
    this.unevaluated = unevaluated
    this.#quick = quick
    this.#meta = meta
    this.#followDialect()
  }

  validate(): Problem | undefined {
    const schema = this.#schema
    const value = this.#value
    if (schema.boolean !== undefined) return schema.boolean ? undefined : this.#problem('false schema')
    const cycle = this.#cycle()
    if (cycle) return cycle
    const wrong = valueProblem(schema, value)
    if (wrong !== undefined) return this.#problem(wrong)
    if (schema.ref) {
      const problem = this.#reference(schema.ref, '$ref')
      if (schema.draft < 2019) return problem
      this.#add(problem)
    }
    if (value instanceof Map) this.#object(value)
    else if (Array.isArray(value)) this.#array(value)
    else if (typeof value === 'string') for (const text of textProblems(schema, value)) this.#report(text)
    else if (isNumber(value)) for (const text of numberProblems(schema, value)) this.#report(text)
    if (this.#problems.length === 0 || !this.#quick) {
      if (schema.draft >= 2019) this.#dynamicReferences()
      this.#combinations()
      if (schema.draft >= 2019) this.#leftovers()
    }
    const [first] = this.#problems
    if (!first || this.#problems.length === 1) return first
    return { ...this.#problem('validation failed'), kind: 'group', causes: this.#problems }
  }

  #object(object: GoMap): void {
    const schema = this.#schema
    if (schema.minProperties !== undefined && object.size < schema.minProperties) {
      this.#report(`minProperties: got ${count(object.size)}, want ${count(schema.minProperties)}`)
    }
    if (schema.maxProperties !== undefined && object.size > schema.maxProperties) {
      this.#report(`maxProperties: got ${count(object.size)}, want ${count(schema.maxProperties)}`)
    }
    const missing = (schema.required ?? []).filter((name) => !object.has(name))
    if (missing.length === 1) this.#report(`missing property ${quotedList(missing)}`)
    else if (missing.length > 1) this.#report(`missing properties ${quotedList(missing)}`)
    if (this.#quick && this.#problems.length > 0) return
    for (const [name, dependency] of schema.dependencies ?? []) {
      if (!object.has(name)) continue
      if (isNameList(dependency)) this.#requireAll(object, name, dependency)
      else this.#add(this.#self(dependency))
    }
    this.#properties(object)
    if (schema.draft === 4) return
    if (schema.propertyNames) this.#propertyNames(object, schema.propertyNames)
    if (schema.draft === 6) return
    for (const [name, dependent] of schema.dependentSchemas ?? []) {
      if (object.has(name)) this.#add(this.#self(dependent))
    }
    for (const [name, required] of schema.dependentRequired ?? []) {
      if (object.has(name)) this.#requireAll(object, name, required)
    }
  }

  #properties(object: GoMap): void {
    const schema = this.#schema
    const additional: string[] = []
    for (const [key, value] of object) {
      if (this.#quick && this.#problems.length > 0) return
      const name = String(key)
      let evaluated = false
      const property = schema.properties?.get(name)
      if (property) {
        evaluated = true
        this.#add(this.#child(property, value, name))
      }
      for (const [pattern, inner] of schema.patternProperties ?? []) {
        if (!pattern.matches(name)) continue
        evaluated = true
        this.#add(this.#child(inner, value, name))
      }
      if (!evaluated && schema.additionalProperties !== undefined) {
        evaluated = true
        if (schema.additionalProperties === false) additional.push(name)
        else if (schema.additionalProperties !== true) {
          this.#add(this.#child(schema.additionalProperties, value, name))
        }
      }
      if (evaluated) this.unevaluated.properties?.delete(key)
    }
    if (additional.length > 0) this.#report(`additional properties ${quotedList(additional.sort())} not allowed`)
  }

  #propertyNames(object: GoMap, schema: Schema): void {
    for (const key of object.keys()) {
      const problems = evaluate(schema, key)
      if (problems.length > 0) this.#report(`invalid propertyName ${quoted(String(key))}`, problems, [])
    }
  }

  #requireAll(object: GoMap, name: string, required: readonly string[]): void {
    const missing = required.filter((other) => !object.has(other))
    if (missing.length > 0) this.#report(`properties ${quotedList(missing)} required, if ${quoted(name)} exists`)
  }

  #array(list: GoSlice): void {
    const schema = this.#schema
    if (schema.minItems !== undefined && list.length < schema.minItems) {
      this.#report(`minItems: got ${count(list.length)}, want ${count(schema.minItems)}`)
    }
    if (schema.maxItems !== undefined && list.length > schema.maxItems) {
      this.#report(`maxItems: got ${count(list.length)}, want ${count(schema.maxItems)}`)
    }
    const equal = schema.uniqueItems ? firstEqualItems(list) : undefined
    if (equal) this.#report(`items at ${count(equal[0])} and ${count(equal[1])} are equal`)
    if (schema.draft < 2020) this.#itemsBefore2020(list)
    else {
      const prefix = (schema.prefixItems ?? []).slice(0, list.length)
      for (const [index, inner] of prefix.entries()) this.#add(this.#child(inner, list[index], String(index)))
      // Places of the items behind the prefix count from 0 again, as in the validator that Helm uses.
      const others = schema.items2020 ? list.slice(prefix.length) : []
      for (const [index, item] of others.entries()) {
        if (schema.items2020) this.#add(this.#child(schema.items2020, item, String(index)))
      }
    }
    if (schema.contains) this.#contains(list, schema.contains)
  }

  #itemsBefore2020(list: GoSlice): void {
    const { items, additionalItems } = this.#schema
    let evaluated = 0
    if (isSchemaList(items)) {
      evaluated = Math.min(items.length, list.length)
      for (const [index, inner] of items.slice(0, evaluated).entries()) {
        this.#add(this.#child(inner, list[index], String(index)))
      }
    } else if (items) {
      evaluated = list.length
      for (const [index, item] of list.entries()) this.#add(this.#child(items, item, String(index)))
    }
    if (additionalItems === false && evaluated !== list.length) {
      this.#report(`last ${count(list.length - evaluated)} additionalItem(s) not allowed`)
    } else if (additionalItems !== undefined && typeof additionalItems !== 'boolean') {
      for (const [index, item] of list.slice(evaluated).entries()) {
        this.#add(this.#child(additionalItems, item, String(index)))
      }
    }
  }

  #contains(list: GoSlice, contains: Schema): void {
    const { minContains, maxContains, draft } = this.#schema
    const problems: Problem[] = []
    const matched: number[] = []
    for (const [index, item] of list.entries()) {
      const problem = this.#child(contains, item, String(index))
      if (problem) problems.push(problem)
      else {
        matched.push(index)
        if (draft >= 2020) this.unevaluated.items?.delete(index)
      }
    }
    const found = `matched ${count(matched.length)} items at ${matched.join(' ')}`
    if (minContains !== undefined) {
      if (matched.length < minContains) {
        const but = matched.length === 0 ? 'none matched' : found
        this.#report(`min ${count(minContains)} items required to match contains schema, but ${but}`, problems)
      }
    } else if (matched.length === 0) this.#report('no items match contains schema', problems)
    if (maxContains !== undefined && matched.length > maxContains) {
      this.#report(`max ${count(maxContains)} items required to match contains schema, but ${found}`)
    }
  }

  #combinations(): void {
    const schema = this.#schema
    if (schema.not && !this.#self(schema.not, '', true)) this.#report("'not' failed")
    if (schema.allOf && schema.allOf.length > 0) {
      const problems = schema.allOf.map((inner) => this.#self(inner)).filter((problem) => problem !== undefined)
      if (problems.length > 0) this.#report("'allOf' failed", problems)
    }
    if (schema.anyOf && schema.anyOf.length > 0) this.#anyOf(schema.anyOf)
    if (schema.oneOf && schema.oneOf.length > 0) this.#oneOf(schema.oneOf)
    if (!schema.condition) return
    const branch = this.#self(schema.condition, '', true) ? schema.whenFalse : schema.whenTrue
    if (branch) this.#add(this.#self(branch))
  }

  #anyOf(schemas: readonly Schema[]): void {
    const problems: Problem[] = []
    let matched = false
    for (const schema of schemas) {
      const problem = this.#self(schema)
      if (problem) problems.push(problem)
      else {
        matched = true
        if (isEmpty(this.unevaluated)) break
      }
    }
    if (!matched) this.#report("'anyOf' failed", problems)
  }

  #oneOf(schemas: readonly Schema[]): void {
    const problems: Problem[] = []
    let matched = -1
    for (const [index, schema] of schemas.entries()) {
      const problem = this.#self(schema, '', matched !== -1)
      if (problem) {
        if (matched === -1) problems.push(problem)
      } else if (matched === -1) matched = index
      else {
        this.#report(`'oneOf' failed, subschemas ${count(matched)}, ${count(index)} matched`)
        break
      }
    }
    if (matched === -1) this.#report("'oneOf' failed, none matched", problems)
  }

  #leftovers(): void {
    const { unevaluatedProperties, unevaluatedItems } = this.#schema
    if (this.#value instanceof Map && unevaluatedProperties) {
      for (const name of this.unevaluated.properties ?? []) {
        this.#add(this.#child(unevaluatedProperties, this.#value.get(name), String(name)))
      }
      this.unevaluated.properties = undefined
    }
    if (Array.isArray(this.#value) && unevaluatedItems) {
      for (const index of this.unevaluated.items ?? []) {
        this.#add(this.#child(unevaluatedItems, this.#value[index], String(index)))
      }
      this.unevaluated.items = undefined
    }
  }

  #dynamicReferences(): void {
    const { recursiveRef, dynamicRef } = this.#schema
    if (recursiveRef) {
      let target = recursiveRef
      if (recursiveRef.recursiveAnchor) {
        for (const scope of scopes(this.#scope)) {
          if (scope.schema.resource.recursiveAnchor) target = scope.schema
        }
      }
      this.#add(this.#reference(target, '$recursiveRef'))
    }
    if (!dynamicRef) return
    let target = dynamicRef.schema
    if (dynamicRef.anchor !== '' && target.dynamicAnchor === dynamicRef.anchor) {
      for (const scope of scopes(this.#scope)) {
        target = scope.schema.resource.dynamicAnchors.get(dynamicRef.anchor) ?? target
      }
    }
    this.#add(this.#reference(target, '$dynamicRef'))
  }

  #reference(schema: Schema, keyword: string): Problem | undefined {
    const problem = this.#self(schema, keyword)
    if (!problem) return undefined
    const causes = problem.kind === 'group' ? problem.causes : [problem]
    return { ...this.#problem('validation failed'), kind: 'reference', causes }
  }

  #self(schema: Schema, keyword = '', quick = false): Problem | undefined {
    const scope: Scope = { schema, valueId: this.#scope.valueId, parent: this.#scope, keyword }
    const unevaluated = unevaluatedOf(this.#value, schema, !isEmpty(this.unevaluated))
    const run = new Evaluation(schema, this.#value, this.#path, scope, unevaluated, this.#quick || quick, this.#meta)
    const problem = run.validate()
    if (!problem) this.#merge(run.unevaluated)
    return problem
  }

  #child(schema: Schema, value: GoValue, token: string): Problem | undefined {
    const scope: Scope = { schema, valueId: this.#scope.valueId + 1, parent: this.#scope, keyword: '' }
    const unevaluated = unevaluatedOf(value, schema, false)
    return new Evaluation(schema, value, [...this.#path, token], scope, unevaluated, this.#quick, this.#meta).validate()
  }

  #merge(other: Unevaluated): void {
    for (const name of this.unevaluated.properties ?? []) {
      if (!other.properties?.has(name)) this.unevaluated.properties?.delete(name)
    }
    for (const index of this.unevaluated.items ?? []) {
      if (!other.items?.has(index)) this.unevaluated.items?.delete(index)
    }
  }

  /** Parts of a schema document that name another draft are checked against that draft's meta-schema. */
  #followDialect(): void {
    if (!this.#meta || this.#schema !== this.#meta.metaschema) return
    const metaschema = this.#meta.at(this.#path.map((token) => `/${escapeToken(token)}`).join(''))
    if (!metaschema) return
    this.#meta = { ...this.#meta, metaschema }
    this.#schema = metaschema
  }

  #cycle(): Problem | undefined {
    for (let scope = this.#scope.parent; scope && scope.valueId === this.#scope.valueId; scope = scope.parent) {
      if (scope.schema !== this.#scope.schema) continue
      const text = `both ${keywordLocation(this.#scope)} and ${keywordLocation(scope)} resolve to "${this.#schema.location}" causing reference cycle`
      return this.#problem(text)
    }
    return undefined
  }

  #problem(text: string): Problem {
    return { path: this.#path, text, kind: 'leaf', causes: [] }
  }

  #report(text: string, causes: readonly Problem[] = [], path: readonly string[] = this.#path): void {
    this.#problems.push({ path, text, kind: 'leaf', causes })
  }

  #add(problem: Problem | undefined): void {
    if (problem) this.#problems.push(problem)
  }
}

function isNameList(dependency: Schema | readonly string[]): dependency is readonly string[] {
  return Array.isArray(dependency)
}

function isSchemaList(items: Schema | readonly Schema[] | undefined): items is readonly Schema[] {
  return Array.isArray(items)
}
