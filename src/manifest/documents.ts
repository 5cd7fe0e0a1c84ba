/**
 * Splits rendered text into documents. As Helm 4.2 `SplitManifests`: at every line that starts with `---` (also when text
 * follows on that line); leading white space of a document goes, blank documents vanish.
 */
export function splitManifests(text: string): string[] {
  const documents: string[] = []
  for (const part of trimLeft(text).split(/^---[ \t]*/m)) {
    const document = trimLeft(part)
    if (document !== '') documents.push(document)
  }
  return documents
}

const leadingSpace = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

function trimLeft(text: string): string {
  return text.replace(leadingSpace, '')
}
