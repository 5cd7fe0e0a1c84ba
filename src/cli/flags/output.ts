import { customFlag, type FlagSpec, FlagValueError } from './define.ts'

/** The formats of `-o`. */
export type OutputFormat = 'table' | 'json' | 'yaml'

/** `-o, --output`: table, json or yaml. */
export const outputFlag: FlagSpec<OutputFormat> = customFlag<OutputFormat>({
  type: 'format',
  short: 'o',
  usage: 'format of the output: table, json or yaml',
  initial: 'table',
  parse: (text) => {
    if (text === 'table' || text === 'json' || text === 'yaml') return text
    throw new FlagValueError('invalid format type')
  },
  show: (value) => value,
  complete: () => ({ candidates: ['json\tas JSON', 'table\tas a table for people', 'yaml\tas YAML'] }),
})
