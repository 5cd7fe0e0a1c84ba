/**
 * Reads one CSV record as Go's encoding/csv with its defaults: fields separated by commas, quoted fields with doubled
 * quotes, which may span lines. Gives the fields, or Go's error text. Only the first record of the text counts.
 */
export function readCsvLine(text: string): readonly string[] | string {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at)
      if (typeof quoted === 'string') return quoted
      fields.push(quoted.field)
      at = quoted.end
    } else {
      const end = endOfField(text, at)
      const field = text.slice(at, end)
      const quote = field.indexOf('"')
      if (quote >= 0)
        return `parse error on line 1, column ${byteLength(text.slice(0, at + quote)) + 1}: bare " in non-quoted-field`
      fields.push(field)
      at = end
    }
    if (text[at] !== ',') return fields
    at += 1
  }
}

function readQuoted(text: string, start: number): { readonly field: string; readonly end: number } | string {
  let field = ''
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) {
      return `parse error on line 1, column ${byteLength(text) + 1}: extraneous or missing " in quoted-field`
    }
    field += text.slice(at, quote)
    const next = text[quote + 1]
    if (next === '"') {
      field += '"'
      at = quote + 2
    } else if (next === undefined || next === ',' || next === '\n') {
      return { field, end: quote + 1 }
    } else {
      return `parse error on line 1, column ${byteLength(text.slice(0, quote)) + 1}: extraneous or missing " in quoted-field`
    }
  }
}

function endOfField(text: string, start: number): number {
  const match = /[,\n]/g
  match.lastIndex = start
  return match.exec(text)?.index ?? text.length
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
