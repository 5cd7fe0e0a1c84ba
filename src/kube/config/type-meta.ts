import { errorText } from '../../base/index.ts'
import { readYaml } from '../yaml.ts'

const GO_STRUCT =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/**
 * What is wrong with a document of which only `apiVersion` and `kind` are read, in the words of apimachinery's
 * interpreter; undefined when it is an object (or empty).
 */
export function typeMetaComplaint(text: string): string | undefined {
  let document: unknown
  try {
    document = readYaml(text)
  } catch (error) {
    return errorText(error).replace(/^error converting YAML to JSON: /, '')
  }
  if (document === null || document === undefined) return undefined
  if (typeof document === 'object' && !Array.isArray(document)) return undefined
  const got = Array.isArray(document) ? 'array' : typeof document === 'boolean' ? 'bool' : typeof document
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${got} into Go value of type ${GO_STRUCT}`
}
