import { matchesExpression } from '../../../../api/index.ts'

type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

const part =
  /\s*(?:(!)\s*([^\s,=!()]+)|([^\s,=!()]+)\s*(?:(==|=|!=)\s*([^\s,]*)|(in|notin)\s*\(([^)]*)\))?)\s*(?:,|$)/gy

/** Reads a label selector as the scale sub-resource prints it (`a=b,c in (d,e),!f`); gives a test for labels. */
export function selectorMatcher(text: string): Requirement {
  const requirements: Requirement[] = []
  part.lastIndex = 0
  for (let at = 0; at < text.length; at = part.lastIndex) {
    const match = part.exec(text)
    if (match === null) return () => false
    const [, absent, absentKey = '', key = '', sign, value = '', set, values = ''] = match
    const list = set === undefined ? [value] : values.split(',').map((each) => each.trim())
    const operator = absent ? 'DoesNotExist' : sign ? (sign === '!=' ? 'NotIn' : 'In') : set ? operators[set] : 'Exists'
    requirements.push((labels) => matchesExpression(absent ? absentKey : key, operator ?? '', list, labels))
  }
  return (labels) => requirements.every((requirement) => requirement(labels))
}

const operators: Readonly<Record<string, string>> = { in: 'In', notin: 'NotIn' }
