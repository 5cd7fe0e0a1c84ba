import {
  type FieldError,
  gvkOf,
  type Json,
  jsonEqual,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import type { Random } from '../../../base/index.ts'
import type { Store } from '../../store/index.ts'
import { callWebhook, WebhookCallError } from '../admission/dynamic/webhook-client.ts'
import { cloneJson, isObject } from '../clone.ts'
import { plainServerError } from '../errors.ts'
import { aggregateText } from '../field-error-text.ts'
import { validateAnnotations, validateLabels } from '../validation/metadata.ts'

/** What calling a conversion webhook needs. */
export interface ConversionParts {
  readonly store: Store
  readonly random: Random
}

/** Gives objects of a custom resource in another version, in their order. Rejects with what Kubernetes answers. */
export type ConvertObjects = (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly KubeObject[]>

const TIMEOUT_SECONDS = 30

/**
 * The conversion of a CustomResourceDefinition whose strategy is `Webhook`; undefined for other strategies. One call
 * converts all objects that are not in the wanted version yet. As apiextensions' webhook converter.
 */
export function webhookConversion(parts: ConversionParts, crd: KubeObject): ConvertObjects | undefined {
  const conversion = objectAt(crd.spec, 'conversion')
  if (stringAt(conversion, 'strategy') !== 'Webhook') return undefined
  const webhook = objectAt(conversion, 'webhook')
  return async (objects, apiVersion) => {
    const foreign = objects.filter((object) => object.apiVersion !== apiVersion)
    const [first] = foreign
    if (first === undefined) return objects
    const call = new ConversionCall(first, webhook, apiVersion)
    const results = await call.run(parts, foreign)
    const byObject = new Map(foreign.map((object, index) => [object, results[index]]))
    return objects.map((object) => byObject.get(object) ?? object)
  }
}

class ConversionCall {
  readonly #webhook: JsonObject | undefined
  readonly #apiVersion: string
  /** How errors begin. */
  readonly #subject: string

  constructor(first: KubeObject, webhook: JsonObject | undefined, apiVersion: string) {
    const { group, version, kind } = gvkOf(first)
    this.#webhook = webhook
    this.#apiVersion = apiVersion
    this.#subject = `conversion webhook for ${group}/${version}, Kind=${kind}`
  }

  async run(parts: ConversionParts, objects: readonly KubeObject[]): Promise<KubeObject[]> {
    const uid = parts.random.uuid()
    const version = stringsAt(this.#webhook, 'conversionReviewVersions').find(
      (each) => each === 'v1' || each === 'v1beta1',
    )
    if (version === undefined) throw plainServerError('no supported conversion review versions')
    const apiVersion = `apiextensions.k8s.io/${version}`
    const review = {
      kind: 'ConversionReview',
      apiVersion,
      request: { uid, desiredAPIVersion: this.#apiVersion, objects: objects as unknown as Json },
      response: { uid: '', convertedObjects: null, result: { metadata: {} } },
    }
    const found = await this.#call(parts, review)
    const response = objectAt(found, 'response')
    if (version === 'v1') this.#checkKind(found, apiVersion)
    if (response === undefined) throw this.#failed('no response provided')
    const answered = stringAt(response, 'uid')
    if (version === 'v1' && answered !== uid) {
      throw this.#failed(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered)}`)
    }
    const result = objectAt(response, 'result')
    const status = stringAt(result, 'status')
    if (status !== 'Success') {
      throw this.#failed(stringAt(result, 'message') || `response.result.status was '${status}', not 'Success'`)
    }
    const converted = listAt(response, 'convertedObjects')
    if (converted.length !== objects.length) {
      throw plainServerError(`${this.#subject} returned ${converted.length} objects, expected ${objects.length}`)
    }
    return objects.map((object, index) => this.#checked(object, converted[index] ?? {}, index))
  }

  async #call(parts: ConversionParts, review: JsonObject): Promise<JsonObject> {
    try {
      return await callWebhook(parts.store, objectAt(this.#webhook, 'clientConfig'), review, TIMEOUT_SECONDS)
    } catch (error) {
      throw error instanceof WebhookCallError ? this.#failed(error.message) : error
    }
  }

  #failed(why: string): Error {
    return plainServerError(`${this.#subject} failed: ${why}`)
  }

  #checkKind(review: JsonObject, wanted: string): void {
    const [apiVersion, kind] = [stringAt(review, 'apiVersion'), stringAt(review, 'kind')]
    if (apiVersion === wanted && kind === 'ConversionReview') return
    const shown = JSON.stringify(kind)
    throw this.#failed(
      `no kind ${shown} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    )
  }

  /** The converted object with the metadata of the original, of which a webhook may change labels and annotations. */
  #checked(original: KubeObject, converted: JsonObject, index: number): KubeObject {
    const invalid = (why: string): Error => plainServerError(`${this.#subject} returned invalid ${why}`)
    const apiVersion = stringAt(converted, 'apiVersion')
    if (apiVersion !== this.#apiVersion) {
      throw invalid(
        `object at index ${index}: invalid groupVersion (expected ${this.#apiVersion}, received ${apiVersion})`,
      )
    }
    const kind = stringAt(converted, 'kind')
    if (kind !== original.kind) {
      throw invalid(`object at index ${index}: invalid kind (expected ${original.kind}, received ${kind})`)
    }
    const metadata = objectAt(converted, 'metadata')
    for (const [key, word] of IDENTITY) {
      const [before, after] = [stringAt(original.metadata, key), stringAt(metadata, key)]
      if (before !== after) throw invalid(`object: must have the same ${word}: ${before} != ${after}`)
    }
    if (metadata === undefined) throw invalid('metadata: missing metadata in converted object')
    const problem = labelProblem(original, metadata)
    if (problem !== undefined) throw invalid(`metadata: ${problem}`)
    return { ...converted, apiVersion, kind, metadata: restoredMetadata(original, metadata) }
  }
}

const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const

const CHANGEABLE = ['labels', 'annotations'] as const

function labelProblem(original: KubeObject, metadata: JsonObject): string | undefined {
  for (const key of CHANGEABLE) {
    const value = metadata[key]
    if (value === undefined || value === null) continue
    if (!isObject(value)) return `invalid metadata.${key} of type ${goTypeOf(value)} in converted object`
    const wrong = Object.entries(value).find(([, each]) => typeof each !== 'string')
    if (wrong !== undefined) {
      return `metadata.${key}[${wrong[0]}] must be a string, but is ${goTypeOf(wrong[1])} in converted object`
    }
    if (jsonEqual(value, original.metadata[key])) continue
    const texts = value as Record<string, string>
    const errors: readonly FieldError[] =
      key === 'labels' ? validateLabels(texts, 'metadata.labels') : validateAnnotations(texts, 'metadata.annotation')
    if (errors.length > 0) return aggregateText(errors)
  }
  return undefined
}

/** Go's name of the type of a decoded JSON value. */
function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (value === null) return '<nil>'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64'
    case 'string':
      return 'string'
    default:
      return 'map[string]interface {}'
  }
}

function restoredMetadata(original: KubeObject, converted: JsonObject): KubeObject['metadata'] {
  const metadata = cloneJson(original.metadata)
  for (const key of CHANGEABLE) {
    const value = converted[key]
    if (isObject(value)) metadata[key] = value as Record<string, string>
    else delete metadata[key]
  }
  return metadata
}
