/** The pull policy that an image gets: `Always` for `latest` or no tag, else `IfNotPresent`. */
export function defaultPullPolicy(image: string): string {
  const [name = '', digest] = image.split('@')
  const colon = name.lastIndexOf(':')
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : ''
  if (tag === '' && digest !== undefined) return 'IfNotPresent'
  return tag === '' || tag === 'latest' ? 'Always' : 'IfNotPresent'
}
