import { assert } from '../../../base/index.ts'
import { apiVersionOf, type KubeObject } from '../../../api/index.ts'
import type { VersionConversion } from '../registry/resource.ts'
import type { ConvertObjects } from './conversion-webhook.ts'

/** How one version of a custom resource shows objects. */
export interface VersionShape {
  /** What was stored in this version, pruned to its schema and with its defaults. */
  shown(stored: KubeObject): KubeObject
  /** What a webhook gave in this version, pruned to its schema. It gets no defaults. */
  pruned(converted: KubeObject): KubeObject
}

/** What the conversion of one served version is made of. */
export interface ConversionSetup {
  readonly group: string
  /** The version that is served, and the one that is stored. */
  readonly version: string
  readonly storageVersion: string
  /** All versions of the definition, served or not. */
  readonly shapes: ReadonlyMap<string, VersionShape>
  readonly convert: ConvertObjects
}

/**
 * Conversion through a webhook for one served version. As the codec of a custom resource's storage: what is stored gets the
 * defaults of the version in which it was written, is converted, and loses what the version of the reader does not know.
 */
export function versionConversion(setup: ConversionSetup): VersionConversion {
  const { group, storageVersion, shapes } = setup
  const own = apiVersionOf({ group, version: setup.version })
  const known = new WeakMap<KubeObject, KubeObject>()
  const shapeOf = (apiVersion: string): VersionShape | undefined => shapes.get(apiVersion.split('/')[1] ?? '')
  const convert = async (objects: readonly KubeObject[], apiVersion: string): Promise<KubeObject[]> => {
    const results = await setup.convert(objects, apiVersion)
    const shape = shapeOf(apiVersion)
    return results.map((result, index) => (result === objects[index] ? result : (shape?.pruned(result) ?? result)))
  }
  const ask = async (wanted: readonly KubeObject[]): Promise<void> => {
    const sources = wanted.map((stored) => shapeOf(stored.apiVersion)?.shown(stored) ?? stored)
    const results = await convert(sources, own)
    wanted.forEach((stored, index) => {
      const result = results[index]
      if (result !== undefined) known.set(stored, result)
    })
  }
  const one = async (object: KubeObject, apiVersion: string): Promise<KubeObject> =>
    (await convert([object], apiVersion))[0] ?? object
  return {
    settle(stored, fresh) {
      const wanted = stored.filter((each) => each.apiVersion !== own && (fresh || !known.has(each)))
      return wanted.length === 0 ? undefined : ask(wanted)
    },
    shown(stored) {
      const result = known.get(stored)
      assert(result !== undefined, 'an object is read before its conversion is settled')
      return result
    },
    convert: one,
    toStorage: (object) => one(object, apiVersionOf({ group, version: storageVersion })),
  }
}
