import {
  atoi,
  formatValue,
  GoError,
  type GoNumber,
  type GoValue,
  int64,
  parseInteger,
  typedSlice,
} from '../../go/index.ts'
import { panicError, runtimeError } from '../errors.ts'
import { ANY, fn, type FunctionTable } from '../signature.ts'
import { toFloat, toInt, toInt64 } from './cast.ts'
import { addDecimal, type Decimal, decimalOf, divDecimal, floatOf, mulDecimal, subDecimal } from './decimal.ts'

/** Longest list that `until`, `untilStep` and `seq` make. */
const MAX_ITEMS = 10_000_000n

/** The integers from `start` up to (or down to) `stop`, which is left out. */
function range(start: bigint, stop: bigint, step: bigint): bigint[] {
  const items: bigint[] = []
  const up = stop >= start
  if (up ? step <= 0n : step >= 0n) return items
  if ((stop - start) / step > MAX_ITEMS) throw panicError(`more than ${MAX_ITEMS} items`)
  for (let i = start; up ? i < stop : i > stop; i += step) items.push(i)
  return items
}

const ints = (items: bigint[]): GoValue => typedSlice('int', items)

function seq(...params: bigint[]): string {
  const [first = 0n, second = 0n, third = 0n] = params
  switch (params.length) {
    case 1: {
      const step = first < 1n ? -1n : 1n
      return range(1n, first + step, step).join(' ')
    }
    case 2: {
      const step = second < first ? -1n : 1n
      return range(first, second + step, step).join(' ')
    }
    case 3:
      if (third < first) return second > 0n ? '' : range(first, third - 1n, second).join(' ')
      return range(first, third + 1n, second).join(' ')
    default:
      return ''
  }
}

/** 10 to an integral power, by Go's own steps, which round differently from JavaScript's. */
function powerOfTen(exponent: number): number {
  if (Number.isNaN(exponent) || Math.abs(exponent) > 400) return 10 ** exponent
  let result = 1
  let resultExponent = 0
  let factor = 0.625
  let factorExponent = 4
  for (let i = Math.abs(exponent); i !== 0; i >>= 1) {
    if ((i & 1) === 1) {
      result *= factor
      resultExponent += factorExponent
    }
    factor *= factor
    factorExponent *= 2
    if (factor < 0.5) {
      factor += factor
      factorExponent--
    }
  }
  if (exponent < 0) {
    result = 1 / result
    resultExponent = -resultExponent
  }
  // Two steps, so that neither factor leaves the range of a double.
  const half = Math.trunc(resultExponent / 2)
  return result * 2 ** half * 2 ** (resultExponent - half)
}

function round(value: GoValue, places: bigint, ...options: number[]): number {
  const roundOn = options[0] ?? 0.5
  const power = powerOfTen(Number(places))
  const digit = power * toFloat(value)
  const fraction = digit - Math.trunc(digit)
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power
}

function toDecimal(value: GoValue): GoNumber {
  try {
    return int64(parseInteger(formatValue(value ?? null), 8, 64))
  } catch (error) {
    if (error instanceof GoError) return int64(0)
    throw error
  }
}

const MAX_INT = 0x7fff_ffff_ffff_ffffn

/** `strconv.Atoi` without its error: 0 for what is no integer, the nearest integer for what is too large. */
function atoiOrZero(text: string): bigint {
  try {
    return atoi(text)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    if (error.code !== 'OUT_OF_RANGE') return 0n
    return text.startsWith('-') ? -MAX_INT - 1n : MAX_INT
  }
}

function divide(a: GoValue, b: GoValue, remainder: boolean): GoNumber {
  const divisor = toInt(b)
  if (divisor === 0n) throw runtimeError('integer divide by zero')
  return int64(remainder ? toInt(a) % divisor : toInt(a) / divisor)
}

function chooseInt(better: (a: bigint, b: bigint) => boolean): (first: GoValue, ...rest: GoValue[]) => GoNumber {
  return (first, ...rest) => {
    let best = toInt(first)
    for (const item of rest) {
      const value = toInt(item)
      if (better(value, best)) best = value
    }
    return int64(best)
  }
}

/** `math.Max` and `math.Min`, for which an infinity wins over NaN. */
function chooseFloat(choose: (a: number, b: number) => number, winner: number) {
  return (first: GoValue, ...rest: GoValue[]): number => {
    let best = toFloat(first)
    for (const item of rest) {
      const value = toFloat(item)
      best = best === winner || value === winner ? winner : choose(best, value)
    }
    return best
  }
}

function decimalOperation(run: (a: Decimal, b: Decimal) => Decimal) {
  return (first: GoValue, ...rest: GoValue[]): number => {
    let result = decimalOf(toFloat(first))
    for (const item of rest) result = run(result, decimalOf(toFloat(item)))
    return floatOf(result)
  }
}

const sum = decimalOperation(addDecimal)
const biggest = fn(
  `${ANY}, ...${ANY}`,
  'int64',
  chooseInt((a, b) => a > b),
)

/** Functions on numbers. */
export const numericFunctions: FunctionTable = {
  add: fn(`...${ANY}`, 'int64', (...values: GoValue[]) => int64(values.reduce<bigint>((a, b) => a + toInt(b), 0n))),
  add1: fn(ANY, 'int64', (value: GoValue) => int64(toInt(value) + 1n)),
  add1f: fn(ANY, 'float64', (value: GoValue) => sum(value, 1n)),
  addf: fn(`...${ANY}`, 'float64', (...values: GoValue[]) => sum(0, ...values)),
  atoi: fn('string', 'int', atoiOrZero),
  biggest,
  ceil: fn(ANY, 'float64', (value: GoValue) => Math.ceil(toFloat(value))),
  div: fn(`${ANY}, ${ANY}`, 'int64', (a: GoValue, b: GoValue) => divide(a, b, false)),
  divf: fn(`${ANY}, ...${ANY}`, 'float64', decimalOperation(divDecimal)),
  float64: fn(ANY, 'float64', toFloat),
  floor: fn(ANY, 'float64', (value: GoValue) => Math.floor(toFloat(value))),
  int: fn(ANY, 'int', toInt),
  int64: fn(ANY, 'int64', toInt64),
  max: biggest,
  maxf: fn(`${ANY}, ...${ANY}`, 'float64', chooseFloat(Math.max, Number.POSITIVE_INFINITY)),
  min: fn(
    `${ANY}, ...${ANY}`,
    'int64',
    chooseInt((a, b) => a < b),
  ),
  minf: fn(`${ANY}, ...${ANY}`, 'float64', chooseFloat(Math.min, Number.NEGATIVE_INFINITY)),
  mod: fn(`${ANY}, ${ANY}`, 'int64', (a: GoValue, b: GoValue) => divide(a, b, true)),
  mul: fn(`${ANY}, ...${ANY}`, 'int64', (first: GoValue, ...rest: GoValue[]) =>
    int64(rest.reduce<bigint>((a, b) => BigInt.asIntN(64, a * toInt(b)), toInt(first))),
  ),
  mulf: fn(`${ANY}, ...${ANY}`, 'float64', decimalOperation(mulDecimal)),
  round: fn(`${ANY}, int, ...float64`, 'float64', round),
  seq: fn('...int', 'string', seq),
  sub: fn(`${ANY}, ${ANY}`, 'int64', (a: GoValue, b: GoValue) => int64(toInt(a) - toInt(b))),
  subf: fn(`${ANY}, ...${ANY}`, 'float64', decimalOperation(subDecimal)),
  toDecimal: fn(ANY, 'int64', toDecimal),
  until: fn('int', '[]int', (count: bigint) => ints(range(0n, count, count < 0n ? -1n : 1n))),
  untilStep: fn('int, int, int', '[]int', (start: bigint, stop: bigint, step: bigint) =>
    ints(range(start, stop, step)),
  ),
}
