import type { Answer, FuzzCase } from './case.ts'

/** Whether two answers are the same; schema errors come in the order of Go's maps, so their lines and lists are compared as sets. */
export function isSame(fuzzCase: FuzzCase, a: Answer, b: Answer): boolean {
  return answerText(fuzzCase, a) === answerText(fuzzCase, b)
}

/** An answer as one text. */
export function answerText(fuzzCase: FuzzCase, answer: Answer): string {
  if ('error' in answer) {
    const hasSchema = fuzzCase.files?.['values.schema.json'] !== undefined
    return `error: ${hasSchema ? inOrder(answer.error) : answer.error}`
  }
  const files = [...answer.rendered].sort(([a], [b]) => (a < b ? -1 : 1))
  return files.map(([path, text]) => `${path}:\n${text}`).join('\n')
}

/** The lines of a schema's errors in order, and in each the properties and places that it names. */
function inOrder(error: string): string {
  const sorted = error
    .split('\n')
    .map((line) =>
      line
        .replace(/additional properties (.*) not allowed/, (_, names: string) => names.split(', ').sort().join(', '))
        .replace(/ at ("[^"]*") and ("[^"]*")$/, (_, a: string, b: string) => [a, b].sort().join(' ')),
    )
  return sorted.sort().join('\n')
}
