import { parseYamlValues } from '../../encoding/index.ts'
import type { GoMap } from '../../go/index.ts'

/**
 * Reads values (a chart's defaults or a `-f` file): the documents of the text merged, later ones over earlier ones. Errors are
 * Helm's without the name of the file.
 */
export function parseValues(text: string): GoMap {
  return parseYamlValues(text)
}
