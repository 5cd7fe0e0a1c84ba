import type { CelType } from './types.ts'
import type { CelValue } from './values.ts'

/** One variant of a function. */
export interface Overload {
  /** Name of the variant, by which costs are known. */
  readonly id: string
  /** Types of the operands; of a member function the first is what it is called on. */
  readonly args: readonly CelType[]
  readonly result: CelType
  readonly member?: boolean
  /** Computes the value; throws CelError. Absent for what the evaluator does itself. */
  readonly run?: (...args: CelValue[]) => CelValue
  /** Cost of a call with these operands; default 1. */
  readonly cost?: (args: readonly CelValue[], result: CelValue | undefined) => number
}

/** Variants of functions by name, in the order in which they are tried. */
export type FunctionTable = ReadonlyMap<string, readonly Overload[]>

/** Functions that a library brings: name and variants. */
export type Library = Readonly<Record<string, readonly Overload[]>>

/** Puts libraries together; a function of several libraries has the variants of all. */
export function functionTable(...libraries: readonly Library[]): FunctionTable {
  const table = new Map<string, Overload[]>()
  for (const library of libraries) {
    for (const [name, overloads] of Object.entries(library)) {
      table.set(name, [...(table.get(name) ?? []), ...overloads])
    }
  }
  return table
}

/** Finds the fields of a structure by its name. A map does, and so may anything that knows names by rule. */
export interface StructTypes {
  get(name: string): FieldTypes | undefined
}

/** The types of a structure's fields. */
export type FieldTypes = ReadonlyMap<string, CelType>

/** What expressions may use. */
export interface Declarations {
  readonly functions: FunctionTable
  /** Variables and type names, by full name. */
  readonly variables: ReadonlyMap<string, CelType>
  /** Structures that expressions may make, by name. */
  readonly structs: StructTypes
}

/** Shorthand for a plain function. */
export function plain(
  id: string,
  args: readonly CelType[],
  result: CelType,
  run: NonNullable<Overload['run']>,
  cost?: Overload['cost'],
): Overload {
  return { id, args, result, run, ...(cost && { cost }) }
}

/** Shorthand for a function that is called on a value. */
export function method(
  id: string,
  args: readonly CelType[],
  result: CelType,
  run: NonNullable<Overload['run']>,
  cost?: Overload['cost'],
): Overload {
  return { id, args, result, run, member: true, ...(cost && { cost }) }
}
