import messages from './data/messages.json' with { type: 'json' }

/** How one field number of a message appears in JSON. */
export interface FieldRule {
  readonly name: string
  /** `string`, `int`, `bool`, `bytes`, `double`, a well-known type, or a message's name. */
  readonly type: string
  readonly shape: 'one' | 'list' | 'map'
  /** Its own fields stand directly in the parent. */
  readonly inline: boolean
  /** A zero value is left out, as Go's `omitempty` does. */
  readonly omitZero: boolean
}

/** What every protobuf body of Kubernetes begins with. */
export const MAGIC: readonly number[] = [0x6b, 0x38, 0x73, 0x00]

const kinds: Readonly<Record<string, string>> = messages.kinds
const sources: Readonly<Record<string, string>> = messages.messages
const compiled = new Map<string, ReadonlyMap<number, FieldRule>>()

/** The message of a kind, such as `apps/v1.Deployment`; undefined when none is known. */
export function messageOf(apiVersion: string, kind: string): string | undefined {
  return kinds[`${apiVersion} ${kind}`]
}

/** Compiles a message's line of the data file: `NUMBER:FLAGS NAME:TYPE` per field, `?` omits zero, `^` is inline. */
export function rulesOf(message: string): ReadonlyMap<number, FieldRule> {
  const known = compiled.get(message)
  if (known !== undefined) return known
  const rules = new Map<number, FieldRule>()
  for (const word of (sources[message] ?? '').split(' ')) {
    const match = /^(\d+):(\??)(\^?)([^:]*):(\[\]|\{\})?(.+)$/.exec(word)
    if (match === null) continue
    const [, number = '', omit, inline, name = '', shape, type = ''] = match
    rules.set(Number(number), {
      name,
      type,
      shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one',
      inline: inline === '^',
      omitZero: omit === '?',
    })
  }
  compiled.set(message, rules)
  return rules
}
