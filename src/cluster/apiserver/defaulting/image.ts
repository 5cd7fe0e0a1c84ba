/** Names of images: host, path in lower case, tag, digest. As the grammar of distribution's references. */
const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/

/** The pull policy that an image gets: `Always` for `latest` or no tag, else (also for what is no name) `IfNotPresent`. */
export function defaultPullPolicy(image: string): string {
  if (!REFERENCE.test(image) || image.length > 255) return 'IfNotPresent'
  const [name = '', digest] = image.split('@')
  const colon = name.lastIndexOf(':')
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : ''
  if (tag === '' && digest !== undefined) return 'IfNotPresent'
  return tag === '' || tag === 'latest' ? 'Always' : 'IfNotPresent'
}
