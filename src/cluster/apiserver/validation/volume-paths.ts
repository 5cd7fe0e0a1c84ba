import { type JsonObject, listAt, numberAt, stringAt } from '../../../api/index.ts'
import { type Findings, invalid, required } from './findings.ts'

function hasBackstep(path: string): boolean {
  return path.split('/').includes('..')
}

/** A path that does not climb. */
export function validateNoBackstep(path: string, field: string): Findings {
  return hasBackstep(path) ? [invalid(field, path, "must not contain '..'")] : []
}

/** A relative path that does not climb. */
export function validateDescendingPath(path: string, field: string): Findings {
  const out: Findings = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []
  return [...out, ...validateNoBackstep(path, field)]
}

/** A relative path whose first part is not reserved either. */
export function validateLocalPath(path: string, field: string): Findings {
  const out = validateDescendingPath(path, field)
  if (path.startsWith('..') && !path.startsWith('../')) out.push(invalid(field, path, "must not start with '..'"))
  return out
}

/** The permissions of a file. */
export function validateMode(mode: number | undefined, field: string): Findings {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return []
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}

/** Checks the keys of a ConfigMap or Secret that become files. */
export function validateItems(source: JsonObject, field: string): Findings {
  return listAt(source, 'items').flatMap((item, index) => {
    const at = `${field}.items[${index}]`
    const path = stringAt(item, 'path')
    const out: Findings = []
    if (stringAt(item, 'key') === '') out.push(required(`${at}.key`))
    if (path === '') out.push(required(`${at}.path`))
    out.push(...validateLocalPath(path, `${at}.path`))
    out.push(...validateMode(numberAt(item, 'mode'), `${at}.mode`))
    return out
  })
}
