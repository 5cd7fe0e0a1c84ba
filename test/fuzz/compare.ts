import type { Answer, FuzzCase } from './case.ts'

/** Whether two answers are the same; schema errors come in the order of Go's maps, so their lines are compared as a set. */
export function isSame(fuzzCase: FuzzCase, a: Answer, b: Answer): boolean {
  return answerText(fuzzCase, a) === answerText(fuzzCase, b)
}

/** An answer as one text. */
export function answerText(fuzzCase: FuzzCase, answer: Answer): string {
  if ('error' in answer) {
    const hasSchema = fuzzCase.files?.['values.schema.json'] !== undefined
    return `error: ${hasSchema ? answer.error.split('\n').sort().join('\n') : answer.error}`
  }
  const files = [...answer.rendered].sort(([a], [b]) => (a < b ? -1 : 1))
  return files.map(([path, text]) => `${path}:\n${text}`).join('\n')
}
