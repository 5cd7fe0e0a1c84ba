import { type CelType, opaque } from '../types.ts'
import type { CelOpaque, CelValue } from '../values.ts'

/** A value of a library's own type, around data that only the library looks into. */
export class Box<Data> implements CelOpaque {
  readonly isOpaque = true
  readonly type: CelType
  readonly data: Data
  readonly #same: (a: Data, b: Data) => boolean
  readonly #print: (data: Data) => string
  readonly size: number

  constructor(kind: BoxKind<Data>, data: Data) {
    this.type = kind.type
    this.data = data
    this.#same = kind.same
    this.#print = kind.print
    this.size = kind.size(data)
  }

  equals(other: CelOpaque): boolean {
    return other instanceof Box && other.type === this.type && this.#same(this.data, other.data as Data)
  }

  text(): string {
    return this.#print(this.data)
  }
}

/** What values of one library type have in common. */
export interface BoxKind<Data> {
  readonly type: CelType
  same(a: Data, b: Data): boolean
  print(data: Data): string
  size(data: Data): number
}

/** Declares a library type. */
export function boxKind<Data>(
  name: string,
  same: (a: Data, b: Data) => boolean,
  print: (data: Data) => string,
  size: (data: Data) => number = () => 1,
): BoxKind<Data> {
  return { type: opaque(name), same, print, size }
}

/** The data of a value that overload resolution found to be of a kind. */
export function unbox<Data>(value: CelValue | undefined, _kind: BoxKind<Data>): Data {
  return (value as Box<Data>).data
}
