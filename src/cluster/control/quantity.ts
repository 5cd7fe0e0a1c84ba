const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

const pattern = /^([+-]?[0-9]*\.?[0-9]*)(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i))?$/
const parsed = new Map<string, number>()

/** The value of a resource quantity in its base unit, or 0 for what is not a quantity. */
export function quantityValue(text: string | number | undefined): number {
  if (text === undefined || text === null) return 0
  if (typeof text === 'number') return text
  let value = parsed.get(text)
  if (value === undefined) {
    const match = pattern.exec(text.trim())
    value = match ? Number(`${match[1]}${match[2] ?? ''}`) * (suffixes[match[3] ?? ''] ?? 1) : 0
    if (Number.isNaN(value)) value = 0
    if (parsed.size > 1000) parsed.clear()
    parsed.set(text, value)
  }
  return value
}

/** The value in thousandths, as CPU is counted. */
export function milliValue(text: string | number | undefined): number {
  return Math.ceil(Math.round(quantityValue(text) * 1e6) / 1e3)
}

/** Prints `value` with the suffix style of `like` (binary for Ki…Ei, thousandths where needed, plain otherwise), as Quantity does. */
export function formatQuantity(value: number, style: 'binary' | 'decimal'): string {
  if (value === 0) return '0'
  if (style === 'binary' && Number.isInteger(value)) {
    for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
      const unit = suffixes[suffix] ?? 1
      if (Math.abs(value) >= unit && value % unit === 0) return `${value / unit}${suffix}`
    }
    return String(value)
  }
  const milli = Math.ceil(Math.round(value * 1e6) / 1e3)
  if (milli % 1000 !== 0) return `${milli}m`
  const whole = milli / 1000
  for (const suffix of ['E', 'P', 'T', 'G', 'M', 'k']) {
    const unit = suffixes[suffix] ?? 1
    if (Math.abs(whole) >= unit && whole % unit === 0) return `${whole / unit}${suffix}`
  }
  return String(whole)
}

/** The suffix style in which a quantity was written. */
export function quantityStyle(text: string | undefined): 'binary' | 'decimal' {
  return text?.endsWith('i') ? 'binary' : 'decimal'
}
