import type { Random } from '../../base/index.ts'
import { randomInt } from '../../base/index.ts'

/** The alphabet of generated names and hashes: no vowels, no digits that look like letters. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** `count` random characters of Kubernetes' safe alphabet. */
export function randomSuffix(random: Random, count = 5): string {
  let text = ''
  for (let i = 0; i < count; i++) text += alphabet[randomInt(random, alphabet.length)]
  return text
}

/** Writes a text with the safe alphabet, character by character, as apimachinery's SafeEncodeString. */
export function safeEncode(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) out += alphabet[text.charCodeAt(i) % alphabet.length]
  return out
}

/** FNV-1a with 32 bits over several runs of bytes. */
export function fnv32aBytes(runs: readonly Uint8Array[]): number {
  let hash = 0x811c9dc5
  for (const run of runs) for (const byte of run) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** FNV-1 with 32 bits over the text's UTF-8 bytes: as FNV-1a, but multiplying first. */
export function fnv32(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash, 0x01000193) ^ byte
  return hash >>> 0
}

/** JSON with sorted keys and without absent fields, so that equal objects give equal texts. */
export function stableJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  const object = value as Record<string, unknown>
  const parts: string[] = []
  for (const key of Object.keys(object).sort()) {
    if (object[key] !== undefined) parts.push(`${JSON.stringify(key)}:${stableJson(object[key])}`)
  }
  return `{${parts.join(',')}}`
}
