import { parseUrl } from '../../repo/index.ts'

/** `user@host:path`, as SSH writes addresses. */
export const scpAddress = /^([a-zA-Z0-9_]+)@([a-zA-Z0-9._-]+):(.*)$/

/** The name of the folder in the cache that keeps what comes from an address. As Helm 4 `plugin/cache.Key`. */
export function cacheKey(address: string): string {
  const [, user = '', host = '', path = ''] = scpAddress.exec(address) ?? []
  if (host !== '') return `${user}-${host}-${path}`.replaceAll(/[/:]/g, '-')
  const url = parseUrl(address)
  const name = url?.user?.split(':')[0] ?? ''
  const words = [url?.scheme ?? '', name].filter((word) => word !== '').map((word) => `${word}-`)
  return `${words.join('')}${url?.host ?? ''}${url?.path ?? address}`.replaceAll(/[/:]/g, '-')
}
