import type { KubeObject } from '../../api/index.ts'
import type { VersionConversion } from './registry/resource.ts'

/** Stops a computation that needs a conversion which nobody has been asked for yet. */
class ConversionNeeded extends Error {
  readonly object: KubeObject
  readonly apiVersion: string
  constructor(object: KubeObject, apiVersion: string) {
    super('a conversion is needed')
    this.object = object
    this.apiVersion = apiVersion
  }
}

/**
 * Lets a computation without side effects convert objects as if that took no time: when it needs a conversion for the first
 * time it is stopped, the webhook is asked, and it begins again with the answer.
 */
export class ConversionAnswers {
  readonly #conversion: VersionConversion
  readonly #known = new Map<string, KubeObject>()

  constructor(conversion: VersionConversion) {
    this.#conversion = conversion
  }

  /** An object in another version. Only within `run`. */
  get(object: KubeObject, apiVersion: string): KubeObject {
    const found = this.#known.get(keyOf(object, apiVersion))
    if (found === undefined) throw new ConversionNeeded(object, apiVersion)
    return found
  }

  /** The result of a computation that converts by `get`. Rejects with its errors, and with those of conversions. */
  async run<Result>(compute: (answers: ConversionAnswers) => Result): Promise<Result> {
    for (;;) {
      try {
        return compute(this)
      } catch (error) {
        if (!(error instanceof ConversionNeeded)) throw error
        const { object, apiVersion } = error
        this.#known.set(keyOf(object, apiVersion), await this.#conversion.convert(object, apiVersion))
      }
    }
  }
}

function keyOf(object: KubeObject, apiVersion: string): string {
  return `${apiVersion} ${JSON.stringify(object)}`
}
