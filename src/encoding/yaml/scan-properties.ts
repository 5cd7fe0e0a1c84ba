import { hexValue, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isWord } from './characters.ts'
import type { Cursor } from './cursor.ts'

/** A directive: `YAML` with `major.minor` as value, or `TAG` with handle and prefix. */
export interface Directive {
  readonly name: 'YAML' | 'TAG'
  readonly value: string
  readonly prefix: string
}

const MAX_VERSION_DIGITS = 2

/** Scans a line that begins with `%`, its break included. */
export function scanDirective(cursor: Cursor): Directive {
  cursor.pos++
  const name = takeWord(cursor)
  if (name === '') cursor.fail('could not find expected directive name')
  if (!isBlankOrEnd(cursor.peek(0))) cursor.fail('found unexpected non-alphabetical character')
  let directive: Directive
  if (name === 'YAML') directive = { name, value: scanVersion(cursor), prefix: '' }
  else if (name === 'TAG') directive = { name, ...scanTagDirective(cursor) }
  else cursor.fail('found unknown directive name')
  skipBlanks(cursor)
  if (cursor.peek(0) === 0x23) while (!isBreakOrEnd(cursor.peek(0))) cursor.pos++
  if (!isBreakOrEnd(cursor.peek(0))) cursor.fail('did not find expected comment or line break')
  if (isBreak(cursor.peek(0))) cursor.skipBreak()
  return directive
}

/** Scans the name after `&` or `*`, the indicator included. */
export function scanAnchorName(cursor: Cursor): string {
  cursor.pos++
  const name = takeWord(cursor)
  const next = cursor.peek(0)
  if (name === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(String.fromCharCode(next)))) {
    cursor.fail('did not find expected alphabetic or numeric character')
  }
  return name
}

/** Scans a tag: `!<uri>`, `!suffix` (handle `!`), `!handle!suffix`, or `!` alone (no handle, suffix `!`). */
export function scanTag(cursor: Cursor): { handle: string; suffix: string } {
  let handle = ''
  let suffix: string
  if (cursor.peek(1) === 0x3c) {
    cursor.pos += 2
    suffix = scanUri(cursor, '')
    if (cursor.peek(0) !== 0x3e) cursor.fail("did not find the expected '>'")
    cursor.pos++
  } else {
    handle = scanTagHandle(cursor, false)
    if (handle.length > 1 && handle.endsWith('!')) {
      suffix = scanUri(cursor, '')
    } else {
      suffix = scanUri(cursor, handle)
      handle = '!'
      if (suffix === '') {
        handle = ''
        suffix = '!'
      }
    }
  }
  if (!isBlankOrEnd(cursor.peek(0))) cursor.fail('did not find expected whitespace or line break')
  return { handle, suffix }
}

function takeWord(cursor: Cursor): string {
  const from = cursor.pos
  while (isWord(cursor.peek(0))) cursor.pos++
  return cursor.text.slice(from, cursor.pos)
}

function skipBlanks(cursor: Cursor): void {
  while (isBlank(cursor.peek(0))) cursor.pos++
}

function scanVersion(cursor: Cursor): string {
  skipBlanks(cursor)
  const major = scanVersionNumber(cursor)
  if (cursor.peek(0) !== 0x2e) cursor.fail("did not find expected digit or '.' character")
  cursor.pos++
  return `${major}.${scanVersionNumber(cursor)}`
}

function scanVersionNumber(cursor: Cursor): number {
  let value = 0
  let length = 0
  for (let c = cursor.peek(0); c >= 0x30 && c <= 0x39; c = cursor.peek(0)) {
    length++
    if (length > MAX_VERSION_DIGITS) cursor.fail('found extremely long version number')
    value = value * 10 + c - 0x30
    cursor.pos++
  }
  if (length === 0) cursor.fail('did not find expected version number')
  return value
}

function scanTagDirective(cursor: Cursor): { value: string; prefix: string } {
  skipBlanks(cursor)
  const value = scanTagHandle(cursor, true)
  if (!isBlank(cursor.peek(0))) cursor.fail('did not find expected whitespace')
  skipBlanks(cursor)
  const prefix = scanUri(cursor, '')
  if (!isBlankOrEnd(cursor.peek(0))) cursor.fail('did not find expected whitespace or line break')
  return { value, prefix }
}

function scanTagHandle(cursor: Cursor, directive: boolean): string {
  if (cursor.peek(0) !== 0x21) cursor.fail("did not find expected '!'")
  cursor.pos++
  const handle = `!${takeWord(cursor)}`
  if (cursor.peek(0) === 0x21) {
    cursor.pos++
    return `${handle}!`
  }
  if (directive && handle !== '!') cursor.fail("did not find expected '!'")
  return handle
}

const URI_EXTRA = ";/?:@&=+$,.!~*'()[]%"

/** Scans the characters of a URI. `head` was read already; its leading `!` is not part of the result. */
function scanUri(cursor: Cursor, head: string): string {
  let uri = head.slice(1)
  let found = head !== ''
  for (;;) {
    const c = cursor.peek(0)
    if (!isWord(c) && !(c !== 0 && URI_EXTRA.includes(String.fromCharCode(c)))) break
    if (c === 0x25) {
      uri += scanUriEscapes(cursor)
    } else {
      uri += String.fromCharCode(c)
      cursor.pos++
    }
    found = true
  }
  if (!found) cursor.fail('did not find expected tag URI')
  return uri
}

/** Decodes the `%XX` octets of one UTF-8 character. */
function scanUriEscapes(cursor: Cursor): string {
  const octets: number[] = []
  let width = 1
  while (octets.length < width) {
    const high = cursor.peek(0) === 0x25 ? hexValue(cursor.peek(1)) : -1
    const low = high < 0 ? -1 : hexValue(cursor.peek(2))
    if (low < 0) cursor.fail('did not find URI escaped octet')
    const octet = high * 16 + low
    if (octets.length === 0) {
      width =
        octet < 0x80 ? 1 : (octet & 0xe0) === 0xc0 ? 2 : (octet & 0xf0) === 0xe0 ? 3 : (octet & 0xf8) === 0xf0 ? 4 : 0
      if (width === 0) cursor.fail('found an incorrect leading UTF-8 octet')
    } else if ((octet & 0xc0) !== 0x80) {
      cursor.fail('found an incorrect trailing UTF-8 octet')
    }
    octets.push(octet)
    cursor.pos += 3
  }
  return Buffer.from(octets).toString('utf8')
}
