import { readFileSync, statSync } from 'node:fs'
import { isSocketFolder, type SqlHost, type SqlSettings } from './settings.ts'

/**
 * The password of a password file (`host:port:database:user:password` a line, `*` for any); empty when there is none.
 * Files that others may read are left alone. As libpq's.
 */
export function filedPassword(settings: SqlSettings, host: SqlHost): string {
  const { passfile, database, user } = settings
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(passfile).mode & 0o077) !== 0) return ''
    text = readFileSync(passfile, 'utf8')
  } catch {
    return ''
  }
  const hosts = isSocketFolder(host) ? [host.host, 'localhost'] : [host.host]
  const wanted = [hosts, [String(host.port)], [database], [user]]
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const fields = fieldsOf(line)
    const isOurs = wanted.every((values, index) => fields[index] === '*' || values.includes(fields[index] ?? ''))
    if (fields.length === 5 && isOurs) return fields[4] ?? ''
  }
  return ''
}

function fieldsOf(line: string): string[] {
  const fields = [...line.matchAll(/((?:\\.|[^\\:])*)(:|$)/g)].map(([, field = '']) => field.replace(/\\(.)/g, '$1'))
  return fields.slice(0, (line.match(/(?<!\\):/g) ?? []).length + 1)
}
