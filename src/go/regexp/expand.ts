/** Expands `$name`, `${name}` and `$$` as Go's `Regexp.Expand`; a malformed reference stays as it is. */
export function expandTemplate(template: string, lookUp: (name: string) => string): string {
  let out = ''
  let rest = template
  for (;;) {
    const dollar = rest.indexOf('$')
    if (dollar < 0) return out + rest
    out += rest.slice(0, dollar)
    rest = rest.slice(dollar)
    if (rest.startsWith('$$')) {
      out += '$'
      rest = rest.slice(2)
      continue
    }
    const match = /^\$(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u.exec(rest)
    if (match === null) {
      out += '$'
      rest = rest.slice(1)
      continue
    }
    out += lookUp(match[1] ?? match[2] ?? '')
    rest = rest.slice(match[0].length)
  }
}
