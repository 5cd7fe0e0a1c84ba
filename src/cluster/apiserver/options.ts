import type { FieldError } from '../../api/index.ts'
import { badRequest, invalid } from './errors.ts'
import { booleanParameter } from './request-info.ts'
import { checkSelectors } from './selectors.ts'
import { tooLong } from './validation/findings.ts'

/** Query parameters of create, update and patch. */
export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  readonly force: boolean
}

/** Query parameters of list, watch and deletecollection. */
export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly limit: number
  readonly continueToken: string
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly timeoutSeconds: number | undefined
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
}

/** Options of a delete, from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly dryRun?: readonly string[]
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

const META_GROUP = 'meta.k8s.io'

function failOptions(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: META_GROUP, kind }, '', errors)
}

/** Reads and checks the options of a write. As ValidateCreateOptions and its like. */
export function writeOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  patch?: { readonly apply: boolean },
): WriteOptions {
  const dryRun = query.getAll('dryRun')
  const fieldManager = query.get('fieldManager') ?? ''
  const fieldValidation = query.get('fieldValidation') ?? ''
  const errors: FieldError[] = []
  if (patch?.apply === true && fieldManager === '') {
    errors.push({ type: 'Required', field: 'fieldManager', detail: 'is required for apply patch' })
  }
  if (patch?.apply === false && query.has('force')) {
    errors.push({ type: 'Forbidden', field: 'force', detail: 'may not be specified for non-apply patch' })
  }
  errors.push(...fieldManagerErrors(fieldManager), ...dryRunErrors(dryRun))
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) {
    const supported = ['', 'Ignore', 'Strict', 'Warn']
    errors.push({ type: 'NotSupported', field: 'fieldValidation', value: fieldValidation, detail: '', supported })
  }
  failOptions(kind, errors)
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as WriteOptions['fieldValidation']),
    force: booleanParameter(query, 'force'),
  }
}

const MANAGER_LIMIT = 128

function fieldManagerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = []
  if (Buffer.byteLength(manager) > MANAGER_LIMIT) errors.push(tooLong('fieldManager', MANAGER_LIMIT))
  let position = 0
  for (const char of manager) {
    if (!isPrintable(char)) {
      const code = char.codePointAt(0) ?? 0
      const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      const detail = `invalid character ${shown} (at position ${position})`
      errors.push({ type: 'Invalid', field: 'fieldManager', value: manager, detail })
    }
    position += Buffer.byteLength(char)
  }
  return errors
}

function isPrintable(char: string): boolean {
  return char === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char)
}

function dryRunErrors(dryRun: readonly string[]): FieldError[] {
  if (dryRun.every((value) => value === 'All')) return []
  return [{ type: 'NotSupported', field: 'dryRun', value: [...dryRun], detail: '', supported: ['All'] }]
}

/** The manager of a write: the option, or what stands before the first slash of the user agent. */
export function managerOf(options: WriteOptions, userAgent: string | undefined): string {
  if (options.fieldManager !== '') return options.fieldManager
  let manager = ''
  for (const char of (userAgent ?? '').split('/')[0] ?? '') {
    if (!isPrintable(char)) continue
    if (Buffer.byteLength(manager + char) > MANAGER_LIMIT) break
    manager += char
  }
  return manager === '' ? 'unknown' : manager
}

/** Reads and checks the options of list and watch. As ValidateListOptions. */
export function listOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: integerParameter(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
    allowWatchBookmarks: booleanParameter(query, 'allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? booleanParameter(query, 'sendInitialEvents') : undefined,
  }
  checkSelectors(options)
  failOptions('ListOptions', watch ? watchErrors(options) : listErrors(options))
  return options
}

function listErrors(options: ListOptions): FieldError[] {
  const errors: FieldError[] = []
  const match = options.resourceVersionMatch
  const field = 'resourceVersionMatch'
  if (match !== '') {
    if (options.resourceVersion === '') {
      const detail = 'resourceVersionMatch is forbidden unless resourceVersion is provided'
      errors.push({ type: 'Forbidden', field, detail })
    }
    if (options.continueToken !== '') {
      errors.push({ type: 'Forbidden', field, detail: 'resourceVersionMatch is forbidden when continue is provided' })
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push({ type: 'NotSupported', field, value: match, detail: '', supported: ['Exact', 'NotOlderThan', ''] })
    }
    if (match === 'Exact' && options.resourceVersion === '0') {
      const detail = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
      errors.push({ type: 'Forbidden', field, detail })
    }
  }
  if (options.sendInitialEvents !== undefined) {
    const detail = 'sendInitialEvents is forbidden for list'
    errors.push({ type: 'Forbidden', field: 'sendInitialEvents', detail })
  }
  return errors
}

/** A watch that would go on with a list is refused in these words, whether it says how to match a version or not. */
const CONTINUED: FieldError = {
  type: 'Forbidden',
  field: 'resourceVersionMatch',
  detail: 'resourceVersionMatch is forbidden when continue is provided',
}

function watchErrors(options: ListOptions): FieldError[] {
  const errors: FieldError[] = []
  const match = options.resourceVersionMatch
  const field = 'resourceVersionMatch'
  if (options.sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    const detail = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'
    errors.push({ type: 'Forbidden', field, detail })
  }
  const continued = options.continueToken === '' ? [] : [CONTINUED]
  if (match === '') return [...errors, ...continued]
  if (options.sendInitialEvents === undefined) {
    const detail = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
    errors.push({ type: 'Forbidden', field, detail })
  }
  if (match !== 'NotOlderThan') {
    errors.push({ type: 'NotSupported', field, value: match, detail: '', supported: ['NotOlderThan'] })
  }
  return [...errors, ...continued]
}

/** A whole number; undefined when there is none. Throws 400. */
export function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) {
    const quoted = JSON.stringify(text)
    throw badRequest(`strconv.ParseInt: parsing ${quoted}: invalid syntax`)
  }
  return Number(text)
}

/** Checks the options of a delete. As ValidateDeleteOptions. */
export function checkDeleteOptions(options: DeleteOptions): void {
  const errors: FieldError[] = []
  const field = 'propagationPolicy'
  const policy = options.propagationPolicy
  if (options.orphanDependents !== undefined && policy !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set'
    errors.push({ type: 'Invalid', field, value: policy, detail })
  }
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    const supported = ['Foreground', 'Background', 'Orphan', 'nil']
    errors.push({ type: 'NotSupported', field, value: policy, detail: '', supported })
  }
  errors.push(...dryRunErrors(options.dryRun ?? []))
  failOptions('DeleteOptions', errors)
}

/** Delete options from the query, used when there is no body. */
export function deleteOptionsFromQuery(query: URLSearchParams): DeleteOptions {
  const grace = integerParameter(query, 'gracePeriodSeconds')
  const policy = query.get('propagationPolicy')
  const dryRun = query.getAll('dryRun')
  return {
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(policy !== null && { propagationPolicy: policy }),
    ...(query.has('orphanDependents') && { orphanDependents: booleanParameter(query, 'orphanDependents') }),
    ...(dryRun.length > 0 && { dryRun }),
  }
}
