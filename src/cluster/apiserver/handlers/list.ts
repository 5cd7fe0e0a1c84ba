import type { Scope } from '../context.ts'
import { badRequest, expired, methodNotAllowed } from '../errors.ts'
import type { ServerResponse } from '../exchange.ts'
import { jsonErrorText } from '../json-error.ts'
import { prefixOf, settle } from '../object-storage.ts'
import { type ListOptions, listOptions } from '../options.ts'
import type { ListMeta } from '../list-meta.ts'
import { type Answer, listResponse } from '../respond.ts'
import { type Predicate, selectionOf } from '../selectors.ts'
import { type RangeResult, StoreError } from '../../store/index.ts'
import { answerOf } from './get.ts'
import { checkResourceVersion, parseResourceVersion } from './resource-version.ts'

/** Where a paged list goes on: after this key, as of this revision (-1: the newest). */
interface ContinueToken {
  readonly v: 'meta.k8s.io/v1'
  readonly rv: number
  readonly start: string
}

/** Answers a list. */
export function listObjects(scope: Scope): ServerResponse | Promise<ServerResponse> {
  if (!scope.definition.verbs.includes('list')) throw methodNotAllowed()
  const options = listOptions(scope.request.query, false)
  const page = selectPage(scope, options)
  const answer = ({ answers, meta }: Page): ServerResponse => listResponse(scope, answers, meta)
  return page instanceof Promise ? page.then(answer) : answer(page)
}

/** One page of a list. */
export interface Page {
  readonly answers: Answer[]
  readonly meta: ListMeta
}

/** One page of a list with selectors applied; a promise where a webhook has to convert. */
export function selectPage(scope: Scope, options: ListOptions): Page | Promise<Page> {
  const predicate = selectionOf(options, scope.definition)
  const prefix = prefixOf(scope.definition, scope.info.namespace)
  const from = startOf(scope, options, prefix)
  const limit = pageLength(scope, options)
  const found = candidates(scope, prefix, from, limit, predicate)
  const waiting = settle(scope.definition, found.result.entries)
  const page = (): Page => pageOf(prefix, collect(scope, found, limit, predicate), predicate)
  return waiting === undefined ? page() : waiting.then(page)
}

/**
 * How many objects a page holds. A list at any version ("0") comes from Kubernetes' watch cache, which does not page such
 * lists, not even their continuation; events have no such cache. As computeListLimit of apiserver's cacher and
 * kubeapiserver's DefaultWatchCacheSizes.
 */
function pageLength({ definition }: Scope, { limit, resourceVersion }: ListOptions): number {
  const cached = definition.plural !== 'events' || !['', 'events.k8s.io'].includes(definition.group)
  return limit <= 0 || (cached && resourceVersion === '0') ? Number.POSITIVE_INFINITY : limit
}

function pageOf(prefix: string, page: Collected, predicate: Predicate | undefined): Page {
  const meta: { resourceVersion: string; continue?: string; remainingItemCount?: number } = {
    resourceVersion: String(page.revision),
  }
  if (page.next !== undefined) {
    meta.continue = encodeToken({ v: 'meta.k8s.io/v1', rv: page.revision, start: page.next.slice(prefix.length) })
    if (predicate === undefined) meta.remainingItemCount = page.remaining
  }
  return { answers: page.answers, meta }
}

interface Start {
  readonly after: string
  readonly revision: number | undefined
}

function startOf(scope: Scope, options: ListOptions, prefix: string): Start {
  const version = options.resourceVersion
  if (options.continueToken !== '') {
    if (version !== '' && version !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue')
    }
    const token = decodeToken(options.continueToken)
    return { after: prefix + token.start, revision: token.rv < 0 ? undefined : token.rv }
  }
  if (version === '') return { after: '', revision: undefined }
  const revision = parseResourceVersion(version)
  if (options.resourceVersionMatch === 'Exact') return { after: '', revision }
  if (options.limit > 0 && revision > 0 && options.resourceVersionMatch === '') return { after: '', revision }
  checkResourceVersion(scope, version)
  return { after: '', revision: undefined }
}

interface Collected {
  readonly answers: Answer[]
  readonly revision: number
  readonly next: string | undefined
  readonly remaining: number
}

/** What a page is made of: without a selector its entries, with one all that follow. */
interface Candidates {
  readonly result: RangeResult
  readonly revision: number
}

function candidates(
  scope: Scope,
  prefix: string,
  from: Start,
  limit: number,
  predicate: Predicate | undefined,
): Candidates {
  const { store } = scope.server
  const revision = from.revision ?? store.revision
  // The newest state needs no history; asking for it by number would.
  const asOf = revision === store.revision ? {} : { revision }
  const result = range(scope, prefix, { after: from.after, ...asOf, ...(predicate === undefined && { limit }) })
  return { result, revision }
}

function collect(
  scope: Scope,
  { result, revision }: Candidates,
  limit: number,
  predicate: Predicate | undefined,
): Collected {
  const answers: Answer[] = []
  for (let i = 0; i < result.entries.length; i++) {
    const entry = result.entries[i]
    if (entry === undefined) continue
    const answer = answerOf(scope, entry)
    if (predicate !== undefined && !predicate(answer.object)) continue
    answers.push(answer)
    if (answers.length < limit) continue
    const remaining = result.remaining + result.entries.length - i - 1
    return { answers, revision, next: remaining > 0 ? entry.key : undefined, remaining }
  }
  return { answers, revision, next: undefined, remaining: 0 }
}

function range(
  scope: Scope,
  prefix: string,
  options: { readonly after: string; readonly revision?: number; readonly limit?: number },
): RangeResult {
  const { store } = scope.server
  try {
    return store.range(prefix, options)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'REVISION_IN_FUTURE') checkResourceVersion(scope, String(options.revision))
    if (error.code !== 'REVISION_COMPACTED') throw error
    if (options.after === '') throw expired('The resourceVersion for the provided list is too old.')
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    )
  }
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function decodeToken(text: string): ContinueToken {
  const decoded = Buffer.from(text, 'base64url')
  try {
    const token = JSON.parse(decoded.toString()) as Partial<ContinueToken>
    if (token.v === 'meta.k8s.io/v1' && typeof token.rv === 'number' && typeof token.start === 'string') {
      return { v: token.v, rv: token.rv, start: token.start }
    }
  } catch {
    throw badRequest(`invalid continue token: continue key is not valid: ${jsonErrorText(decoded)}`)
  }
  throw badRequest('invalid continue token: continue key is not valid: server set the wrong version')
}
