import { derOid, derSequence, derSet, derText } from '../encoding/index.ts'

/** The attributes of X.520 that Go's pkix.Name knows, in the order in which it writes them. */
const ATTRIBUTES = {
  country: '2.5.4.6',
  province: '2.5.4.8',
  locality: '2.5.4.7',
  street: '2.5.4.9',
  postalCode: '2.5.4.17',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
}

/** Attributes of which a name has one value; the last one that is given counts, and an empty one is left out. */
const SINGLE: ReadonlySet<string> = new Set([ATTRIBUTES.commonName, ATTRIBUTES.serialNumber])

/**
 * The subject that a signer writes for the attributes of a request (object identifiers with their values): what Go's
 * pkix.Name keeps of them, in its order whatever the request's was, with equal attributes as one set.
 */
export function subjectName(attributes: ReadonlyMap<string, readonly string[]>): Buffer {
  const sets = Object.values(ATTRIBUTES).flatMap((id) => {
    const values = attributes.get(id) ?? []
    const kept = SINGLE.has(id) ? values.slice(-1).filter((value) => value !== '') : values
    if (kept.length === 0) return []
    // DER orders the values of a set by their bytes.
    const pairs = kept.map((value) => derSequence(derOid(id), derText(value)))
    return [derSet(...pairs.toSorted((a, b) => Buffer.compare(a, b)))]
  })
  return derSequence(...sets)
}
