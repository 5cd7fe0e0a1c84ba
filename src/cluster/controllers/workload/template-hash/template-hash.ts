import type { PodTemplate } from '../../../control/index.ts'
import { fnv32aBytes, safeEncode } from '../../../control/index.ts'
import { printValue } from './go-print.ts'

/**
 * The value of `pod-template-hash`, equal to what Kubernetes computes: FNV-1a over the print of the template, then, after
 * collisions, over their count as eight bytes.
 */
export function podTemplateHash(template: PodTemplate, collisionCount: number | undefined): string {
  const text = `(v1.PodTemplateSpec)${printValue(template, 'v1.PodTemplateSpec')}`
  const bytes = [new TextEncoder().encode(text)]
  if (collisionCount !== undefined) {
    const count = new Uint8Array(8)
    new DataView(count.buffer).setUint32(0, collisionCount, true)
    bytes.push(count)
  }
  return safeEncode(String(fnv32aBytes(bytes)))
}
