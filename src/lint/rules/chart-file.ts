import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { decodeMetadata, fileSystemError, type Metadata } from '../../chart/index.ts'
import { parseYaml } from '../../encoding/index.ts'
import { fromBytes, type GoValue, goType, quote } from '../../go/index.ts'
import { parseConstraint, parseStrictVersion, tryParseVersion } from '../../version/index.ts'
import type { LintContext } from '../context.ts'
import { attempt } from './attempt.ts'
import { isEmail, isRequestUrl, isUrl } from './web-names.ts'

const file = 'Chart.yaml'

/** The rules for Chart.yaml. */
export function checkChartFile({ folder, findings }: LintContext): void {
  const path = join(folder, file)
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  findings.check('ERROR', file, isFolder ? 'should be a file, not a directory' : undefined)
  const source = readSource(path)
  if ('problem' in source) {
    findings.check('ERROR', file, `unable to parse YAML\n\t${source.problem}`)
    return
  }
  const { value: metadata, error } = decodeMetadata(source.text)
  if (!findings.check('ERROR', file, error && `unable to parse YAML\n\t${error.message}`)) return
  const strict = decodeMetadata(source.text, undefined, { strict: true }).error
  findings.check('WARNING', file, strict && `failed to strictly parse chart metadata file\n\t${strict.message}`)
  const raw = attempt(() => parseYaml(source.text))
  const fields = raw.problem === undefined && raw.value instanceof Map ? raw.value : new Map<GoValue, GoValue>()
  findings.check('ERROR', file, nameProblem(metadata))
  findings.check('ERROR', file, apiVersionProblem(metadata))
  findings.check('ERROR', file, textProblem(fields, 'version'))
  findings.check('ERROR', file, versionProblem(metadata))
  findings.check('ERROR', file, textProblem(fields, 'appVersion'))
  findings.check('ERROR', file, maintainerProblem(metadata))
  findings.check('ERROR', file, sourceProblem(metadata))
  findings.check('INFO', file, metadata.icon === '' ? 'icon is recommended' : undefined)
  const badIcon = metadata.icon !== '' && !isRequestUrl(metadata.icon)
  findings.check('ERROR', file, badIcon ? `invalid icon URL '${metadata.icon}'` : undefined)
  findings.check('ERROR', file, typeProblem(metadata))
  findings.check('ERROR', file, dependenciesProblem(metadata))
  const isStrict = attempt(() => parseStrictVersion(metadata.version)).problem === undefined
  findings.check('WARNING', file, isStrict ? undefined : `version '${metadata.version}' is not a valid SemVerV2`)
}

function readSource(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: fromBytes(readFileSync(path)) }
  } catch (error) {
    const isFolder = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EISDIR'
    return { problem: fileSystemError(error, isFolder ? 'read' : 'open', path).message }
  }
}

function nameProblem(metadata: Metadata): string | undefined {
  if (metadata.name === '') return 'name is required'
  const base = metadata.name.replace(/\/+$/, '').replace(/^.*\//s, '')
  return base === metadata.name ? undefined : `chart name ${quote(metadata.name)} is invalid`
}

function apiVersionProblem({ apiVersion }: Metadata): string | undefined {
  if (apiVersion === '') return 'apiVersion is required. The value must be either "v1" or "v2"'
  if (apiVersion === 'v1' || apiVersion === 'v2') return undefined
  return `apiVersion '${apiVersion}' is not valid. The value must be either "v1" or "v2"`
}

function textProblem(fields: ReadonlyMap<GoValue, GoValue>, name: string): string | undefined {
  if (!fields.has(name)) return undefined
  const type = goType(fields.get(name))
  return type === 'string' ? undefined : `${name} should be of type string but it's of type ${type}`
}

function versionProblem(metadata: Metadata): string | undefined {
  if (metadata.version === '') return 'version is required'
  const version = tryParseVersion(metadata.version)
  if (!version) return `version '${metadata.version}' is not a valid SemVer`
  const reasons = parseConstraint('>0.0.0-0').validate(version)
  const [first] = Array.isArray(reasons) ? reasons : []
  return first === undefined ? undefined : `version ${errorText(first)}`
}

function maintainerProblem(metadata: Metadata): string | undefined {
  for (const maintainer of metadata.maintainers ?? []) {
    if (!maintainer) return 'a maintainer entry is empty'
    const { name, email, url } = maintainer
    if (name === '') return 'each maintainer requires a name'
    if (email !== '' && !isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`
    if (url !== '' && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`
  }
  return undefined
}

function sourceProblem(metadata: Metadata): string | undefined {
  const bad = metadata.sources?.find((source) => source === '' || !isRequestUrl(source))
  return bad === undefined ? undefined : `invalid source URL '${bad}'`
}

function typeProblem({ type, apiVersion }: Metadata): string | undefined {
  if (type === '' || apiVersion === 'v2') return undefined
  return `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`
}

function dependenciesProblem({ dependencies, apiVersion }: Metadata): string | undefined {
  if (!dependencies || dependencies.length === 0 || apiVersion === 'v2') return undefined
  return `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`
}
