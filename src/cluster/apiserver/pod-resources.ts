import { type JsonObject, listAt, mapAt, objectAt, parseQuantity, type Quantity, stringAt } from '../../api/index.ts'

/** Quantities by resource. */
export type Totals = Map<string, Quantity>

/** What the containers of a pod need together: those that run at the same time, or the largest while it starts. */
export function aggregateResources(spec: JsonObject, key: 'requests' | 'limits'): Totals {
  const of = (container: JsonObject): [string, Quantity][] =>
    Object.entries(mapAt(objectAt(container, 'resources'), key)).map(([name, text]) => [name, parseQuantity(text)])
  const total: Totals = new Map()
  for (const container of listAt(spec, 'containers')) add(total, of(container))
  const sidecars: Totals = new Map()
  const start: Totals = new Map()
  for (const container of listAt(spec, 'initContainers')) {
    const isSidecar = stringAt(container, 'restartPolicy') === 'Always'
    if (isSidecar) {
      add(total, of(container))
      add(sidecars, of(container))
      raise(start, [...sidecars])
    } else {
      const now: Totals = new Map(sidecars)
      add(now, of(container))
      raise(start, [...now])
    }
  }
  raise(total, [...start])
  return total
}

function add(totals: Totals, more: readonly [string, Quantity][]): void {
  for (const [name, quantity] of more) {
    const found = totals.get(name)
    totals.set(name, found ? { nano: found.nano + quantity.nano, format: found.format } : quantity)
  }
}

function raise(totals: Totals, others: readonly [string, Quantity][]): void {
  for (const [name, quantity] of others) {
    const found = totals.get(name)
    if (!found || quantity.nano > found.nano) totals.set(name, quantity)
  }
}
