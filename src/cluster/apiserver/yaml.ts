import { errorText } from '../../base/index.ts'
import { emitYamlFromJson, parseYamlToJson } from '../../encoding/index.ts'

/** Reads one YAML document; JSON is read as such. Throws what the parser throws. */
export function parseYaml(text: string): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Flow style that is not JSON.
    }
  }
  return parseYamlToJson(text)
}

/** What a failed parse says. */
export function yamlErrorText(error: unknown): string {
  return errorText(error)
}

/** Writes YAML with sorted keys. */
export function printYaml(data: unknown): string {
  return emitYamlFromJson(data)
}
