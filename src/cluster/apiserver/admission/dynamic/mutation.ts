import {
  CelError,
  CelList,
  type CelValue,
  celToJson,
  type Compiled,
  isObjectValue,
  misplacedObjects,
} from '../../../../api/cel/index.ts'
import {
  ApiValueError,
  apiVersionOf,
  applyJsonPatch,
  type Json,
  type JsonObject,
  type JsonPatchOperation,
  type KubeObject,
  objectAt,
  stringAt,
} from '../../../../api/index.ts'
import { cloneJson } from '../../clone.ts'
import { typedObject } from '../../decode.ts'
import { internalError } from '../../errors.ts'
import { mergeConfiguration } from '../../managed-fields/index.ts'
import type { ResourceDefinition } from '../../registry/resource.ts'
import { type admissionEnvironment, BUDGET, failureText, OUT_OF_BUDGET } from './expressions.ts'

/** One mutation of a policy, compiled. */
export interface Mutation {
  readonly kind: 'ApplyConfiguration' | 'JSONPatch'
  readonly expression: string
  readonly compiled: Compiled
}

/** A mutation that cannot be made; the message says why. */
export class MutationError extends Error {}

/** Reads a mutation of a policy. */
export function readMutation(source: JsonObject, environment: ReturnType<typeof admissionEnvironment>): Mutation {
  const kind = stringAt(source, 'patchType') === 'JSONPatch' ? 'JSONPatch' : 'ApplyConfiguration'
  const holder = objectAt(source, kind === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration')
  const expression = stringAt(holder, 'expression').trim()
  return { kind, expression, compiled: environment.compile(expression) }
}

/**
 * The object as a mutation makes it, read as its type again. Throws MutationError, or a 500 when the result is none of the
 * type. As the patchers of Kubernetes' MutatingAdmissionPolicy.
 */
export function mutated(
  mutation: Mutation,
  definition: ResourceDefinition,
  object: KubeObject,
  activation: (name: string) => CelValue | undefined,
): KubeObject {
  const value = evaluated(mutation, activation)
  const raw = mutation.kind === 'JSONPatch' ? patched(value, object) : applied(value, definition, object)
  if (raw === undefined) return object
  const result = typedObject(definition, raw, undefined)
  if (result.error !== undefined) throw internalError(result.error)
  if (result.findings.length > 0 && definition.custom !== true) {
    throw internalError(`strict decoding error: ${result.findings.join(', ')}`)
  }
  return result.object
}

function evaluated({ expression, compiled }: Mutation, activation: (name: string) => CelValue | undefined): CelValue {
  if (compiled.program === undefined) throw new MutationError(`compilation failed: ${compiled.issues}`)
  const { value, cost } = compiled.program(activation)
  if (cost > BUDGET.policy) throw new MutationError(OUT_OF_BUDGET)
  if (value instanceof CelError) throw new MutationError(failureText(expression, value))
  return value
}

function checkPlaces(value: CelValue): void {
  const misplaced = misplacedObjects(value)
  if (misplaced.length > 0) throw new MutationError(`type mismatch: ${misplaced.join('\n')}`)
}

function applied(value: CelValue, definition: ResourceDefinition, object: KubeObject): KubeObject {
  checkPlaces(value)
  const configuration = { ...(celToJson(value) as JsonObject), apiVersion: apiVersionOf(definition), kind: object.kind }
  const merged = mergeConfiguration(definition.schema?.node, object as unknown as JsonObject, configuration)
  if (typeof merged === 'string') throw new MutationError(`error applying patch: ${merged}`)
  return cloneJson(merged) as unknown as KubeObject
}

/** Undefined when a test of the patch does not hold: then nothing changes. */
function patched(value: CelValue, object: KubeObject): KubeObject | undefined {
  if (value instanceof CelList) {
    for (const operation of value.items) {
      if (isObjectValue(operation)) checkPlaces(operation.field('value') ?? null)
    }
  }
  const operations = celToJson(value) as unknown as JsonPatchOperation[]
  try {
    return applyJsonPatch(cloneJson(object) as unknown as Json, operations) as unknown as KubeObject
  } catch (error) {
    if (!(error instanceof ApiValueError)) throw error
    if (error.code === 'PATCH_TEST_FAILED') return undefined
    throw new MutationError(`JSON Patch: ${error.message}`)
  }
}
