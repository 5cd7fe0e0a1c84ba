import type { ConfigMap, KeyToPath, Secret } from '../control/index.ts'

/** The keys of a ConfigMap or Secret with their contents, decoded; binary bytes become Latin-1 characters. */
export function objectFiles(object: ConfigMap | Secret | undefined): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  if (object === undefined) return files
  const decode = (text: string): string => {
    const bytes = Buffer.from(text, 'base64')
    const utf8 = bytes.toString('utf8')
    return Buffer.from(utf8, 'utf8').equals(bytes) ? utf8 : bytes.toString('latin1')
  }
  const secret = object.kind === 'Secret'
  for (const [key, value] of Object.entries(object.data ?? {})) files.set(key, secret ? decode(value) : value)
  for (const [key, value] of Object.entries((object as ConfigMap).binaryData ?? {})) files.set(key, decode(value))
  return files
}

/** The files that a volume makes of an object: all keys, or those that `items` names, at their paths. */
export function projected(
  files: ReadonlyMap<string, string>,
  items: readonly KeyToPath[] | undefined,
): ReadonlyMap<string, string> {
  if (items === undefined || items.length === 0) return files
  const chosen = new Map<string, string>()
  for (const { key, path } of items) {
    const content = files.get(key)
    if (content !== undefined) chosen.set(path, content)
  }
  return chosen
}
