import { type FlagValues, stringArrayFlag, stringSliceFlag } from './define.ts'

/** Flags that give values to a chart, lowest priority first within each kind. */
export const valuesFlags = {
  set: stringArrayFlag('set values on the command line (repeat it, or separate them by commas: key1=val1,key2=val2)'),
  setFile: stringArrayFlag(
    'set values to the content of files (repeat it, or separate them by commas: key1=path1,key2=path2)',
  ),
  setJson: stringArrayFlag(
    'set JSON values (repeat it, or separate them by commas: key1=json1,key2=json2; or one object: {"key1": json1, "key2": json2})',
  ),
  setLiteral: stringArrayFlag('set a value to this very text'),
  setString: stringArrayFlag('set values as text (repeat it, or separate them by commas: key1=val1,key2=val2)'),
  values: stringSliceFlag('read values from a YAML file or URL (may be repeated)', [], { short: 'f' }),
} as const

/** What the values flags gave. */
export type ValuesFlags = FlagValues<typeof valuesFlags>
