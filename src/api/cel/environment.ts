import { checkCel } from './checker.ts'
import {
  type Declarations,
  type FieldTypes,
  type FunctionTable,
  functionTable,
  type Library,
  type StructTypes,
} from './declarations.ts'
import { type Program, programOf } from './evaluator.ts'
import { estimateCost } from './estimate.ts'
import { AUTHORIZER_LIBRARY } from './library/authorizer.ts'
import { COLLECTIONS } from './library/collections.ts'
import { MEASURES, NAMED_FORMATS } from './library/kubernetes.ts'
import { ADDRESSES, URLS } from './library/network.ts'
import { STANDARD } from './library/standard.ts'
import { STRINGS } from './library/strings.ts'
import { TIME } from './library/time.ts'
import { parseCel } from './parser.ts'
import type { SizedType } from './schema-type.ts'
import { printIssues } from './source.ts'
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  TIMESTAMP,
  typeOfType,
  UINT,
} from './types.ts'
import { TypeValue } from './values.ts'
import { validateLiterals } from './validators.ts'
import type { CelNode } from './ast.ts'

/** A compiled expression, or the text of what is wrong with it. */
export type Compiled =
  | {
      readonly program: Program
      readonly type: CelType
      /** Names of the variables that it uses. */
      readonly uses: ReadonlySet<string>
      readonly node: CelNode
      /** The most that it may cost, `self` being of this type. */
      readonly estimate: (self: SizedType) => number
      readonly issues?: undefined
    }
  | { readonly program?: undefined; readonly issues: string }

/** Where expressions are compiled: variables besides the libraries that Kubernetes 1.36 has everywhere. */
export interface CelEnvironment {
  compile(source: string): Compiled
}

const TYPE_NAMES: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  int: INT,
  uint: UINT,
  string: STRING,
  null_type: NULL,
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  optional_type: optionalOf(DYN),
  type: typeOfType(DYN),
  'google.protobuf.Duration': DURATION,
  'google.protobuf.Timestamp': TIMESTAMP,
}

const TYPE_VALUES = new Map(Object.keys(TYPE_NAMES).map((name) => [name, new TypeValue(name)]))

let table: FunctionTable | undefined

/** The functions of Kubernetes' base environment; put together once. */
function baseFunctions(): FunctionTable {
  table ??= functionTable(
    STANDARD,
    TIME,
    STRINGS,
    ...COLLECTIONS,
    MEASURES,
    NAMED_FORMATS,
    ADDRESSES,
    URLS,
    AUTHORIZER_LIBRARY,
  )
  return table
}

/** An environment with these variables; `structs` are types that expressions may make, `more` further functions. */
export function createCelEnvironment(
  variables: Readonly<Record<string, CelType>>,
  structs: StructTypes = new Map<string, FieldTypes>(),
  more?: Library,
): CelEnvironment {
  const types = Object.entries(TYPE_NAMES).map(([name, type]) => [name, typeOfType(type)] as const)
  const functions = more === undefined ? baseFunctions() : new Map([...baseFunctions(), ...functionTable(more)])
  const declarations: Declarations = {
    functions,
    variables: new Map([...types, ...Object.entries(variables)]),
    structs,
  }
  return { compile: (source) => compile(source, declarations) }
}

function compile(source: string, declarations: Declarations): Compiled {
  const parsed = parseCel(source)
  if (parsed.node === undefined) return { issues: printIssues(source, parsed.issues) }
  const { node } = parsed
  const checked = checkCel(node, declarations)
  if (checked.issues.length > 0) return { issues: printIssues(source, checked.issues) }
  const found = validateLiterals(node, checked.info)
  if (found.length > 0) return { issues: printIssues(source, found) }
  return {
    type: checked.type,
    uses: new Set(checked.info.idents.values()),
    node,
    estimate: (self) => estimateCost(node, checked.info, self),
    program: programOf(node, checked.info, declarations.functions, TYPE_VALUES),
  }
}
