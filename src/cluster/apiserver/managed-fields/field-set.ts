import type { JsonObject, SchemaNode } from '../../../api/index.ts'
import { shapeOf, typeOfChild } from './atom.ts'
import type { PathElement } from './path-element.ts'

/**
 * A set of field paths as a tree. An element may be a member (the path itself), have children (paths below it), or both:
 * `{".": {}, "f:a": {}}` in fieldsV1. Sets are values: operations return new ones; only `insert` changes a set.
 */
export class FieldSet {
  readonly members = new Set<PathElement>()
  readonly children = new Map<PathElement, FieldSet>()

  /** Adds a path; the empty path is ignored. */
  insert(path: readonly PathElement[]): void {
    let set: FieldSet = this
    for (let at = 0; at < path.length; at++) {
      const element = path[at] ?? ''
      if (at === path.length - 1) set.members.add(element)
      else set = set.childToChange(element)
    }
  }

  private childToChange(element: PathElement): FieldSet {
    let child = this.children.get(element)
    if (!child) {
      child = new FieldSet()
      this.children.set(element, child)
    }
    return child
  }

  /** Whether no path is in the set. */
  get empty(): boolean {
    if (this.members.size > 0) return false
    for (const child of this.children.values()) if (!child.empty) return false
    return true
  }

  /** Whether a path is a member. */
  has(path: readonly PathElement[]): boolean {
    const [first = '', ...rest] = path
    if (rest.length === 0) return this.members.has(first)
    return this.children.get(first)?.has(rest) ?? false
  }

  /** The paths below an element. */
  below(element: PathElement): FieldSet {
    return this.children.get(element) ?? EMPTY
  }

  union(other: FieldSet): FieldSet {
    const out = new FieldSet()
    for (const element of this.members) out.members.add(element)
    for (const element of other.members) out.members.add(element)
    for (const [element, child] of this.children) {
      const twin = other.children.get(element)
      out.children.set(element, twin ? child.union(twin) : child)
    }
    for (const [element, child] of other.children) if (!this.children.has(element)) out.children.set(element, child)
    return out
  }

  intersection(other: FieldSet): FieldSet {
    const out = new FieldSet()
    for (const element of this.members) if (other.members.has(element)) out.members.add(element)
    for (const [element, child] of this.children) {
      const twin = other.children.get(element)
      if (!twin) continue
      const both = child.intersection(twin)
      if (!both.empty) out.children.set(element, both)
    }
    return out
  }

  /** Paths of this set that are not members of the other. */
  difference(other: FieldSet): FieldSet {
    const out = new FieldSet()
    for (const element of this.members) if (!other.members.has(element)) out.members.add(element)
    for (const [element, child] of this.children) {
      const twin = other.children.get(element)
      const rest = twin ? child.difference(twin) : child
      if (!rest.empty) out.children.set(element, rest)
    }
    return out
  }

  /** As difference, but a member of the other also takes away everything below it. */
  recursiveDifference(other: FieldSet): FieldSet {
    const out = new FieldSet()
    for (const element of this.members) if (!other.members.has(element)) out.members.add(element)
    for (const [element, child] of this.children) {
      if (other.members.has(element)) continue
      const twin = other.children.get(element)
      const rest = twin ? child.recursiveDifference(twin) : child
      if (!rest.empty) out.children.set(element, rest)
    }
    return out
  }

  /** Whether both hold the same paths. */
  equals(other: FieldSet): boolean {
    return this.difference(other).empty && other.difference(this).empty
  }

  /** Adds the structs' named fields that have children as members, so that removing them does not leave shells. */
  withNamedFields(node: SchemaNode): FieldSet {
    const out = new FieldSet()
    for (const element of this.members) out.members.add(element)
    const fields = shapeOf(node).map?.fields
    for (const [element, child] of this.children) {
      if (element.startsWith('f:') && fields?.has(element.slice(2))) out.members.add(element)
      out.children.set(element, child.withNamedFields(typeOfChild(node, element)))
    }
    return out
  }

  /** Calls `visit` for every member path, members first, in sorted order. */
  forEach(visit: (path: readonly PathElement[]) => void, prefix: readonly PathElement[] = []): void {
    for (const element of [...this.members].sort()) visit([...prefix, element])
    for (const element of [...this.children.keys()].sort())
      this.children.get(element)?.forEach(visit, [...prefix, element])
  }
}

const EMPTY = new FieldSet()

/** The set as fieldsV1. */
export function encodeFields(set: FieldSet): JsonObject {
  const out: JsonObject = {}
  const elements = new Set([...set.members, ...set.children.keys()])
  for (const element of [...elements].sort(compareElements)) {
    const child = set.children.get(element)
    const inner = child && !child.empty ? encodeFields(child) : undefined
    if (!inner && !set.members.has(element)) continue
    out[element] = inner ? (set.members.has(element) ? { '.': {}, ...inner } : inner) : {}
  }
  return out
}

function compareElements(a: PathElement, b: PathElement): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Reads fieldsV1; what is malformed is skipped. */
export function decodeFields(fields: unknown): FieldSet {
  const set = new FieldSet()
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) return set
  for (const [element, value] of Object.entries(fields)) {
    if (!/^[fkvi]:/.test(element) || value === null || typeof value !== 'object') continue
    const keys = Object.keys(value)
    if (keys.length === 0 || keys.includes('.')) set.members.add(element)
    const child = decodeFields(value)
    if (!child.empty) set.children.set(element, child)
  }
  return set
}
