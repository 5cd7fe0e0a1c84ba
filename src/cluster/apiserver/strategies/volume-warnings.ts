import { type JsonObject, listAt, objectAt, stringAt } from '../../../api/index.ts'

interface Place {
  readonly path: string
  readonly source: string
}

/** Warnings about volumes whose files stand in each other's way, and about projected sources that say nothing. */
export function overlapWarnings(spec: JsonObject): string[] {
  return listAt(spec, 'volumes').flatMap((volume) => {
    const name = JSON.stringify(stringAt(volume, 'name'))
    const about = (what: string, holder: JsonObject | undefined): string[] =>
      overlaps(placesOf(holder, '')).map((text) => `volume ${name} (${what}): overlapping paths: ${text}`)
    const config = objectAt(volume, 'configMap')
    const secret = objectAt(volume, 'secret')
    return [
      ...about(`ConfigMap ${JSON.stringify(stringAt(config, 'name'))}`, config),
      ...about(`Secret ${JSON.stringify(stringAt(secret, 'secretName'))}`, secret),
      ...about('DownwardAPI', objectAt(volume, 'downwardAPI')),
      ...projectedWarnings(objectAt(volume, 'projected'), name),
    ]
  })
}

function projectedWarnings(projected: JsonObject | undefined, name: string): string[] {
  const out: string[] = []
  const places: Place[] = []
  for (const source of listAt(projected, 'sources')) {
    if (Object.keys(source).length === 0) out.push(`volume ${name} (Projected) has no sources provided`)
    for (const place of sourcePlaces(source)) {
      for (const text of collisions(places, place)) {
        out.push(`volume ${name} (Projected): overlapping paths: ${text}`)
      }
      places.push(place)
    }
  }
  return out
}

function sourcePlaces(source: JsonObject): Place[] {
  for (const [key, word] of [
    ['configMap', 'ConfigMap'],
    ['secret', 'Secret'],
  ] as const) {
    const holder = objectAt(source, key)
    if (holder && listAt(holder, 'items').length > 0) {
      return placesOf(holder, `${word} ${JSON.stringify(stringAt(holder, 'name'))}`)
    }
  }
  const downward = objectAt(source, 'downwardAPI')
  if (downward && listAt(downward, 'items').length > 0) return placesOf(downward, 'DownwardAPI')
  const token = objectAt(source, 'serviceAccountToken')
  return token ? [{ path: trimmed(stringAt(token, 'path')), source: 'ServiceAccountToken' }] : []
}

const trimmed = (path: string): string => path.replace(/\/+$/, '')

function placesOf(holder: JsonObject | undefined, source: string): Place[] {
  return listAt(holder, 'items').map((item) => ({ path: trimmed(stringAt(item, 'path')), source }))
}

function overlaps(places: readonly Place[]): string[] {
  return places.flatMap((place, index) => collisions(places.slice(0, index), place))
}

function collisions(others: readonly Place[], place: Place): string[] {
  if (place.path === '') return []
  const within = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`)
  return others
    .filter(({ path }) => path !== '' && (within(path, place.path) || within(place.path, path)))
    .map((other) => `${printed(place)} with ${printed(other)}`)
}

function printed({ path, source }: Place): string {
  return source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`
}
