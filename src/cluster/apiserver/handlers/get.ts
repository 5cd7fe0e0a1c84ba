import type { ServerResponse } from '../exchange.ts'
import { groupResourceOf, type Scope } from '../context.ts'
import { notFound } from '../errors.ts'
import { fromStored, isStoredForm, keyOf, settle } from '../object-storage.ts'
import { type Answer, objectResponse } from '../respond.ts'
import type { KubeObject } from '../../../api/index.ts'
import type { StoreEntry } from '../../store/index.ts'
import { checkResourceVersion, parseWatchVersion } from './resource-version.ts'

/** Answers GET of one object. */
export function getObject(scope: Scope): ServerResponse | Promise<ServerResponse> {
  checkResourceVersion(scope, String(parseWatchVersion(scope.request.query.get('resourceVersion') ?? '')))
  const entry = liveEntry(scope)
  const waiting = settle(scope.definition, [entry], true)
  const answer = (): ServerResponse => objectResponse(scope, 200, answerOf(scope, entry))
  return waiting === undefined ? answer() : waiting.then(answer)
}

/** The stored object that the request names; throws 404. */
export function liveEntry(scope: Scope): StoreEntry {
  const { definition, info, server } = scope
  const entry = server.store.get(keyOf(definition, info.namespace, info.name))
  if (entry === undefined) throw notFound(groupResourceOf(definition), info.name)
  return entry
}

/** A stored object as an answer in the version of the request, after whoever converts it has been asked. */
export function settledAnswer(scope: Pick<Scope, 'definition'>, entry: StoreEntry): Answer | Promise<Answer> {
  const waiting = settle(scope.definition, [entry])
  return waiting === undefined ? answerOf(scope, entry) : waiting.then(() => answerOf(scope, entry))
}

/** A stored and settled object as an answer in the version of the request. */
export function answerOf(scope: Pick<Scope, 'definition'>, entry: StoreEntry): Answer {
  if (isStoredForm(scope.definition, entry.value as KubeObject)) {
    return { object: entry.value as KubeObject, text: entry.text }
  }
  return { object: fromStored(scope.definition, entry) }
}
