/** One step of a path: a field, an index, all elements, or the elements whose field has a value. */
type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly string[]; readonly equal: boolean; readonly value: string }

/**
 * Compiles the simple JSONPath that printer columns and scale paths use: `.a.b`, `['a.b']`, `\.` within a key, `[0]`,
 * `[*]`, `[?(@.type=="Ready")]`. Returns a function that lists the values found; undefined for a path of another form.
 */
export function compileJsonPath(path: string): ((root: unknown) => unknown[]) | undefined {
  const steps = parse(path.replace(/^\{|\}$/g, '').replace(/^\$/, ''))
  if (steps === undefined) return undefined
  return (root) => steps.reduce<unknown[]>((found, step) => found.flatMap((value) => take(value, step)), [root])
}

const TOKEN =
  /\.((?:[^.[\]\\]|\\.)+)|\[\s*(-?\d+)\s*\]|\[\s*\*\s*\]|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]|\[\?\(\s*@((?:\.[\w-]+)+)\s*(==|!=)\s*(?:'([^']*)'|"([^"]*)"|([\w.-]+))\s*\)\]/y

function parse(path: string): Step[] | undefined {
  const text = path.startsWith('.') || path.startsWith('[') || path === '' ? path : `.${path}`
  const steps: Step[] = []
  let position = 0
  while (position < text.length) {
    TOKEN.lastIndex = position
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    const [whole, field, index, single, double, filterPath, operator, a, b, c] = match
    if (field === '*') steps.push({ kind: 'all' })
    else if (field !== undefined) steps.push({ kind: 'field', name: field.replace(/\\(.)/g, '$1') })
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) })
    else if (single !== undefined || double !== undefined) {
      steps.push({ kind: 'field', name: (single ?? double ?? '').replace(/\\(.)/g, '$1') })
    } else if (filterPath !== undefined) {
      steps.push({
        kind: 'filter',
        path: filterPath.split('.').slice(1),
        equal: operator === '==',
        value: a ?? b ?? c ?? '',
      })
    } else steps.push({ kind: 'all' })
    position += whole.length
  }
  return steps
}

function take(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  switch (step.kind) {
    case 'field': {
      const found = Array.isArray(value) ? undefined : (value as Record<string, unknown>)[step.name]
      return found === undefined ? [] : [found]
    }
    case 'index': {
      const found = Array.isArray(value) ? value.at(step.index) : undefined
      return found === undefined ? [] : [found]
    }
    case 'all':
      return Object.values(value)
    case 'filter': {
      const items: unknown[] = Array.isArray(value) ? value : []
      return items.filter((item) => {
        const found = step.path.reduce<unknown>(
          (current, key) =>
            typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[key] : undefined,
          item,
        )
        return found !== undefined && (String(found) === step.value) === step.equal
      })
    }
    default:
      return step satisfies never
  }
}
