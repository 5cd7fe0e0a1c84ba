const GO_KINDS: Readonly<Record<string, readonly [kind: string, type: string]>> = {
  array: ['slice', '[]interface {}'],
  bool: ['bool', 'bool'],
  number: ['int64', 'int64'],
  object: ['map', 'map[string]interface {}'],
  string: ['string', 'string'],
}

const NUMBERS = /^(int32|int64|float64)$/

/**
 * A decode error in the words of the converter that reads objects which the server has merged itself (by a strategic patch or
 * an apply), where its words differ. As apimachinery's DefaultUnstructuredConverter.
 */
export function conversionText(error: string): string {
  const [, found = '', type = ''] = /^json: cannot unmarshal (\w+)(?: \S+)? into .* of type (\S+)$/.exec(error) ?? []
  const names = GO_KINDS[found]
  if (error.startsWith('illegal base64')) return `error decoding from json: ${error}`
  if (names === undefined) return error
  if (type.startsWith('map[')) return `cannot restore map from ${names[0]}`
  if (type.startsWith('[]')) return `cannot restore slice from ${names[0]}`
  // Go converts numbers to texts, if not here; other scalars have nothing in common.
  if (found === 'number' && !NUMBERS.test(type) && type !== 'bool') return `cannot convert ${names[1]} to ${type}`
  if (/^(string|bool|int32|int64|float64)$/.test(type)) return `unrecognized type: ${type}`
  return found === 'object' ? 'unrecognized type: string' : `cannot restore struct from: ${names[0]}`
}
