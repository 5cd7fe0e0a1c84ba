import { isIP, isIPv4, isIPv6 } from 'node:net'

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(text) &&
    !Number.isNaN(Date.parse(text)),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: (text) =>
    /^-?(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h))+$/.test(text) ||
    /^\d+\s*(d|w|days?|weeks?|hours?|minutes?|seconds?)$/.test(text),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  hostname: (text) =>
    /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: (text) => /^[0-9a-fA-F.:]+\/\d{1,3}$/.test(text) && isIP(text.split('/')[0] ?? '') !== 0,
  uri: (text) => /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text),
  mac: (text) => /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/.test(text),
  uuid: (text) => /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/.test(text),
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
}

/** The name of the format that a text does not have; undefined when it has it or the format is unknown. */
export function formatProblem(format: string, text: string): string | undefined {
  const test = FORMATS[format] ?? FORMATS[format.replaceAll('_', '-')]
  return test === undefined || test(text) ? undefined : format
}
