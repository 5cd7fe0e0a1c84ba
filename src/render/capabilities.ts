import { type GoCallable, GoObject, namedSlice, quote } from '../go/index.ts'
import { defaultApiVersions } from './default-api-versions.ts'
import { type RenderError, renderError } from './errors.ts'

/** A version of Kubernetes as charts see it. */
export interface KubeVersion {
  /** Full version, such as `v1.33.4-gke.1245000`. */
  readonly version: string
  /** The numbers alone (`v1.33.4`), which constraints are checked against; absent: `version`. */
  readonly normalized?: string
  readonly major: string
  readonly minor: string
}

/** Build information that charts see as `.Capabilities.HelmVersion`. */
export interface HelmBuild {
  readonly version: string
  readonly gitCommit: string
  readonly gitTreeState: string
  readonly goVersion: string
  readonly kubeClientVersion: string
}

/** What charts are told about the cluster and the program. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion
  readonly apiVersions: readonly string[]
  /** Absent: `helmBuild`. */
  readonly helm?: HelmBuild
}

/** The Helm release whose behaviour this is. */
export const helmBuild: HelmBuild = {
  version: 'v4.2.4',
  gitCommit: '',
  gitTreeState: '',
  goVersion: 'go1.26.8',
  kubeClientVersion: 'v1.36',
}

/** The Kubernetes version that charts see without a cluster and without `--kube-version`. */
export const defaultKubeVersion: KubeVersion = { version: 'v1.36.0', normalized: 'v1.36.0', major: '1', minor: '36' }

/** What charts see without a cluster. */
export const defaultCapabilities: Capabilities = { kubeVersion: defaultKubeVersion, apiVersions: defaultApiVersions }

/** Reads `--kube-version`. As Kubernetes' `ParseGeneric`: two or more numbers, anything may follow. */
export function parseKubeVersion(text: string): KubeVersion {
  const match = /^\s*v?([0-9]+(?:\.[0-9]+)*)(.*)$/.exec(text)
  if (!match) throw invalid(`could not parse ${quote(text)} as version`)
  const components = (match[1] ?? '').split('.')
  if (components.length < 2) throw invalid(`illegal version string ${quote(text)}`)
  const [first = ''] = components
  if (first.startsWith('0') && first !== '0') {
    throw invalid(`illegal zero-prefixed version component ${quote(first)} in ${quote(text)}`)
  }
  const numbers = components.map((component) => {
    const number = BigInt(component)
    if (number <= 0xffff_ffff_ffff_ffffn) return number.toString()
    throw invalid(
      `illegal non-numeric version component ${quote(component)} in ${quote(text)}: strconv.ParseUint: parsing ${quote(component)}: value out of range`,
    )
  })
  return {
    version: text.startsWith('v') ? text : `v${text}`,
    normalized: `v${numbers.join('.')}`,
    major: numbers[0] ?? '',
    minor: numbers[1] ?? '',
  }
}

/** The version that `kubeVersion` constraints of charts are checked against. */
export function constraintVersion(kube: KubeVersion): string {
  return kube.normalized ?? kube.version
}

/** `.Capabilities` as templates see it. */
export function capabilitiesObject(capabilities: Capabilities): GoObject {
  return new GoObject({
    typeName: 'common.Capabilities',
    pointer: true,
    fields: new Map<string, GoObject | ReturnType<typeof versionSet>>([
      ['KubeVersion', kubeVersionObject(capabilities.kubeVersion)],
      ['APIVersions', versionSet(capabilities.apiVersions)],
      ['HelmVersion', helmBuildObject(capabilities.helm ?? helmBuild)],
    ]),
  })
}

function kubeVersionObject(kube: KubeVersion): GoObject {
  const methods = new Map<string, GoCallable>([
    ['String', { params: [], result: 'string', call: () => constraintVersion(kube) }],
    ['GitVersion', { params: [], result: 'string', call: () => kube.version }],
  ])
  return new GoObject({
    typeName: 'common.KubeVersion',
    fields: new Map([
      ['Version', kube.version],
      ['normalizedVersion', kube.normalized ?? ''],
      ['Major', kube.major],
      ['Minor', kube.minor],
    ]),
    methods,
    pointerText: () => constraintVersion(kube),
  })
}

function versionSet(versions: readonly string[]) {
  const known = new Set(versions)
  return namedSlice(
    {
      typeName: 'common.VersionSet',
      elementType: 'string',
      methods: () =>
        new Map<string, GoCallable>([
          ['Has', { params: ['string'], result: 'bool', call: (version) => known.has(String(version)) }],
        ]),
    },
    versions,
  )
}

function helmBuildObject(build: HelmBuild): GoObject {
  const { version, gitCommit, gitTreeState, goVersion, kubeClientVersion } = build
  const typeName = 'version.BuildInfo'
  return new GoObject({
    typeName,
    fields: new Map([
      ['Version', version],
      ['GitCommit', gitCommit],
      ['GitTreeState', gitTreeState],
      ['GoVersion', goVersion],
      ['KubeClientVersion', kubeClientVersion],
    ]),
    json: () => {
      const named: readonly (readonly [string, string])[] = [
        ['version', version],
        ['git_commit', gitCommit],
        ['git_tree_state', gitTreeState],
        ['go_version', goVersion],
      ]
      return new Map([...named.filter(([, value]) => value !== ''), ['kube_client_version', kubeClientVersion]])
    },
  })
}

function invalid(message: string): RenderError {
  return renderError('RENDER_KUBE_VERSION', message)
}
