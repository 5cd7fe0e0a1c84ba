import { parseYamlToJson, splitYamlDocuments } from '../encoding/index.ts'

/** Reads one YAML (or JSON) document. */
export function readYaml(text: string): unknown {
  return parseYamlToJson(text)
}

/** Reads every document of a manifest; empty ones are null. A document that begins with a brace is read as JSON first. */
export function readManifest(text: string): unknown[] {
  return splitYamlDocuments(text).map((document) => {
    if (document.trimStart().startsWith('{')) {
      try {
        return JSON.parse(document) as unknown
      } catch {
        // Flow YAML may look like JSON.
      }
    }
    return parseYamlToJson(document)
  })
}
