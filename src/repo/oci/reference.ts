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
  return { registry, repository, tag, digest }
}

/** Throws unless the text is a host, with or without port. */
export function checkRegistry(registry: string): void {
  if (!/^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/.test(registry)) {
    throw invalid(`invalid registry "${registry}"`)
  }
}

/** The reference as Helm shows it: by tag, else by digest. */
export function printOciReference(reference: OciReference): string {
  const name = `${reference.registry}/${reference.repository}`
  return reference.tag === '' ? `${name}@${reference.digest}` : `${name}:${reference.tag}`
}

function invalid(reason: string): Error {
  return repoError('BAD_REFERENCE', `invalid reference: ${reason}`)
}
