import { repoError } from '../errors.ts'

/** An OCI reference in its parts; `tag` and `digest` are empty when absent. */
export interface OciReference {
  /** Host with port. */
  readonly registry: string
  readonly repository: string
  readonly tag: string
  readonly digest: string
}

/**
 * Parses `[oci://]host/repository[:tag][@digest]`. A `+` in the tag becomes `_`, which tags allow (Helm's convention).
 * As Helm 4 `registry.newReference` with oras' rules.
 */
export function parseOciReference(text: string): OciReference {
  let rest = text.replace(/^oci:\/\//, '')
  const at = rest.lastIndexOf('@')
  const digest = at < 0 ? '' : rest.slice(at + 1)
  if (at >= 0) rest = rest.slice(0, at)
  const slash = rest.indexOf('/')
  if (slash < 0) throw invalid('missing registry or repository')
  const registry = rest.slice(0, slash)
  checkRegistry(registry)
  const path = rest.slice(slash + 1)
  const colon = path.indexOf(':')
  const repository = colon < 0 ? path : path.slice(0, colon)
  const tag = colon < 0 ? '' : path.slice(colon + 1).replaceAll('+', '_')
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(repository)) {
    throw invalid(`invalid repository "${repository}"`)
  }
  if (tag !== '' && !/^\w[\w.-]{0,127}$/.test(tag)) throw invalid(`invalid tag "${tag}"`)
  if (at >= 0) checkDigest(digest)
  return { registry, repository, tag, digest }
}

/** Throws unless the text is a host, with or without port. */
export function checkRegistry(registry: string): void {
  if (!/^(?:[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]*)?$/.test(registry)) {
    throw invalid(`invalid registry "${registry}"`)
  }
}

const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

/** As go-digest's `Parse`. */
function checkDigest(digest: string): void {
  const complain = (reason: string): Error => invalid(`invalid digest ${JSON.stringify(digest)}: ${reason}`)
  const colon = digest.indexOf(':')
  if (colon <= 0 || colon + 1 === digest.length) throw complain('invalid checksum digest format')
  const algorithm = digest.slice(0, colon)
  const length = digestLengths[algorithm]
  if (length === undefined) {
    const isName =
      /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*$/.test(algorithm) && /^[a-zA-Z0-9=_-]+$/.test(digest.slice(colon + 1))
    throw complain(isName ? 'unsupported digest algorithm' : 'invalid checksum digest format')
  }
  if (digest.length - colon - 1 !== length) throw complain('invalid checksum digest length')
  if (!/^[a-f0-9]*$/.test(digest.slice(colon + 1))) throw complain('invalid checksum digest format')
}

/** The reference as Helm shows it: by tag, else by digest. */
export function printOciReference(reference: OciReference): string {
  const name = `${reference.registry}/${reference.repository}`
  return reference.tag === '' ? `${name}@${reference.digest}` : `${name}:${reference.tag}`
}

function invalid(reason: string): Error {
  return repoError('BAD_REFERENCE', `invalid reference: ${reason}`)
}
