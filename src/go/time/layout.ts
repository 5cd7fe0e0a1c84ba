/** Elements of a layout, named by how Go's reference time spells them. */
export type LayoutElement =
  | '2006'
  | '06'
  | 'January'
  | 'Jan'
  | '1'
  | '01'
  | 'Monday'
  | 'Mon'
  | '2'
  | '_2'
  | '02'
  | '__2'
  | '002'
  | '15'
  | '3'
  | '03'
  | '4'
  | '04'
  | '5'
  | '05'
  | 'PM'
  | 'pm'
  | 'MST'
  | 'Z0700'
  | 'Z070000'
  | 'Z07'
  | 'Z07:00'
  | 'Z07:00:00'
  | '-0700'
  | '-070000'
  | '-07'
  | '-07:00'
  | '-07:00:00'
  | 'fraction0'
  | 'fraction9'

/** A piece of a layout: literal text, then an element (absent at the end). */
export interface LayoutPiece {
  readonly prefix: string
  readonly element: LayoutElement | undefined
  /** The element as written. */
  readonly text: string
  /** Number of digits of a fraction. */
  readonly digits: number
}

const cache = new Map<string, readonly LayoutPiece[]>()

/** Splits a layout of Go's `time` package into its pieces; the last piece has no element. */
export function parseLayout(layout: string): readonly LayoutPiece[] {
  let pieces = cache.get(layout)
  if (pieces === undefined) {
    pieces = [...splitLayout(layout)]
    if (cache.size > 1000) cache.clear()
    cache.set(layout, pieces)
  }
  return pieces
}

function* splitLayout(layout: string): Generator<LayoutPiece> {
  let from = 0
  for (let at = 0; at < layout.length; ) {
    const found = elementAt(layout, at)
    if (found === undefined) {
      at++
      continue
    }
    const start = at + found.skip
    yield { prefix: layout.slice(from, start), element: found.element, text: found.text, digits: found.digits }
    at = start + found.text.length
    from = at
  }
  yield { prefix: layout.slice(from), element: undefined, text: '', digits: 0 }
}

interface Found {
  readonly element: LayoutElement
  readonly text: string
  readonly digits: number
  /** Characters before the element that are literal after all. */
  readonly skip: number
}

const plain = (element: LayoutElement, skip = 0): Found => ({ element, text: element, digits: 0, skip })

/** Elements by first letter, longest first as Go tries them. */
const BY_LETTER: Readonly<Record<string, readonly LayoutElement[]>> = {
  '0': ['01', '02', '03', '04', '05', '06', '002'],
  '1': ['15', '1'],
  '2': ['2006', '2'],
  '3': ['3'],
  '4': ['4'],
  '5': ['5'],
  P: ['PM'],
  p: ['pm'],
  '-': ['-070000', '-07:00:00', '-0700', '-07:00', '-07'],
  Z: ['Z070000', 'Z07:00:00', 'Z0700', 'Z07:00', 'Z07'],
}

function elementAt(layout: string, at: number): Found | undefined {
  const letter = layout[at] ?? ''
  if (letter === 'J') return nameAt(layout, at, 'January', 'Jan')
  if (letter === 'M') return layout.startsWith('MST', at) ? plain('MST') : nameAt(layout, at, 'Monday', 'Mon')
  if (letter === '_') {
    if (layout.startsWith('_2006', at)) return plain('2006', 1)
    if (layout.startsWith('_2', at)) return plain('_2')
    return layout.startsWith('__2', at) ? plain('__2') : undefined
  }
  if (letter === '.' || letter === ',') return fractionAt(layout, at)
  const element = BY_LETTER[letter]?.find((candidate) => layout.startsWith(candidate, at))
  return element === undefined ? undefined : plain(element)
}

function nameAt(layout: string, at: number, long: 'January' | 'Monday', short: 'Jan' | 'Mon'): Found | undefined {
  if (layout.startsWith(long, at)) return plain(long)
  if (!layout.startsWith(short, at)) return undefined
  return /^[a-z]/.test(layout.slice(at + short.length)) ? undefined : plain(short)
}

function fractionAt(layout: string, at: number): Found | undefined {
  const text = /^[.,](?:0+|9+)(?![0-9])/.exec(layout.slice(at))?.[0]
  if (text === undefined) return undefined
  const element = text[1] === '0' ? 'fraction0' : 'fraction9'
  return { element, text, digits: text.length - 1, skip: 0 }
}
