import type { FuzzCase } from './case.ts'

/**
 * The smallest case found that still fails: parts of its texts and whole entries of its lists are left out for as long as
 * `fails` holds, at most `budget` times.
 */
export async function shrink(
  fuzzCase: FuzzCase,
  fails: (smaller: FuzzCase) => Promise<boolean>,
  budget = 80,
): Promise<FuzzCase> {
  let best = fuzzCase
  let left = budget
  for (let again = true; again; ) {
    again = false
    for (const candidate of smaller(best)) {
      if (left-- <= 0) return best
      if (await fails(candidate)) {
        best = candidate
        again = true
        break
      }
    }
  }
  return best
}

const lists = ['valueFiles', 'set', 'setString', 'setJson', 'setLiteral', 'setFile'] as const

/** Cases with one thing less, the largest cuts first. */
function* smaller(fuzzCase: FuzzCase): Generator<FuzzCase> {
  for (const name of lists) {
    const list = fuzzCase[name] ?? []
    for (const index of list.keys()) yield { ...fuzzCase, [name]: list.filter((_, at) => at !== index) }
    for (const [index, text] of list.entries()) {
      for (const cut of shorter(text)) yield { ...fuzzCase, [name]: list.with(index, cut) }
    }
  }
  for (const [path, text] of Object.entries(fuzzCase.templates ?? {})) {
    for (const cut of shorter(text)) yield { ...fuzzCase, templates: { ...fuzzCase.templates, [path]: cut } }
  }
}

/** The text without one of its halves, quarters, and so on. */
function* shorter(text: string): Generator<string> {
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length; at += size) yield text.slice(0, at) + text.slice(at + size)
  }
}
