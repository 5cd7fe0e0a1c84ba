import type { GoMap, GoValue } from '../go/index.ts'

/** A file of a chart; `name` is relative to the chart's folder, with slashes. */
export interface ChartFile {
  readonly name: string
  readonly data: Uint8Array
  /** Milliseconds since the epoch; absent when unknown (as Go's zero time). */
  readonly modTime?: number | undefined
}

/** Content of empty files in archives: Go's nil slice, which templates can tell from the empty content of a file on disk. */
export const nilData: Uint8Array = new Uint8Array(0)

/** An entry of `maintainers` in Chart.yaml. */
export interface Maintainer {
  name: string
  email: string
  url: string
}

/** An entry of `dependencies` in Chart.yaml, or of Chart.lock. */
export interface Dependency {
  name: string
  version: string
  repository: string
  condition: string
  tags: string[]
  enabled: boolean
  importValues: GoValue[]
  alias: string
}

/** Chart.yaml. Text that is absent is empty, as in Go. `null` entries of lists are kept: validation refuses them. */
export interface Metadata {
  name: string
  home: string
  sources: string[] | undefined
  version: string
  description: string
  keywords: string[] | undefined
  maintainers: (Maintainer | null)[] | undefined
  icon: string
  apiVersion: string
  condition: string
  tags: string
  appVersion: string
  deprecated: boolean
  annotations: Map<string, string> | undefined
  kubeVersion: string
  dependencies: (Dependency | null)[] | undefined
  type: string
}

/** Chart.lock or requirements.lock. */
export interface Lock {
  /** RFC 3339 text as Go prints the time; empty means the zero time. */
  generated: string
  digest: string
  dependencies: (Dependency | null)[] | undefined
}

/** A CRD file of a chart or sub-chart. */
export interface CrdFile {
  readonly name: string
  /** With the full path of the (sub-)chart in front. */
  readonly filename: string
  readonly file: ChartFile
}

/**
 * A loaded chart with its sub-charts. As Helm's `chart.Chart`: mutable while dependencies are processed, and sub-charts know
 * their parent, because the full path of a chart (the template names) follows from it.
 */
export class Chart {
  /** All files as they were read, in order. */
  raw: ChartFile[] = []
  metadata: Metadata
  lock: Lock | undefined
  templates: ChartFile[] = []
  /** Defaults of values.yaml. */
  values: GoMap | undefined
  schema: Uint8Array | undefined
  schemaModTime: number | undefined
  files: ChartFile[] = []
  modTime: number | undefined
  parent: Chart | undefined
  #dependencies: Chart[] = []

  constructor(metadata: Metadata) {
    this.metadata = metadata
  }

  get name(): string {
    return this.metadata.name
  }

  get dependencies(): readonly Chart[] {
    return this.#dependencies
  }

  /** Appends sub-charts and makes this chart their parent. */
  addDependency(...charts: Chart[]): void {
    for (const chart of charts) {
      chart.parent = this
      this.#dependencies.push(chart)
    }
  }

  /** Replaces the sub-charts. */
  setDependencies(...charts: Chart[]): void {
    this.#dependencies = []
    this.addDependency(...charts)
  }

  /** Names from the root chart to this one, joined with dots. */
  get chartPath(): string {
    return this.parent ? `${this.parent.chartPath}.${this.name}` : this.name
  }

  /** Path that template names start with: `root/charts/sub`. */
  get fullPath(): string {
    return this.parent ? `${this.parent.fullPath}/charts/${this.name}` : this.name
  }

  /** Library charts render nothing themselves. */
  get isLibrary(): boolean {
    return this.metadata.type.toLowerCase() === 'library'
  }

  /** CRD files of this chart, then of its sub-charts. */
  get crds(): CrdFile[] {
    const own = this.files
      .filter((file) => file.name.startsWith('crds/') && isManifestName(file.name))
      .map((file) => ({ name: file.name, filename: `${this.fullPath}/${file.name}`, file }))
    return own.concat(this.#dependencies.flatMap((chart) => chart.crds))
  }

  /** A copy that shares files, metadata and sub-charts; the sub-charts keep their parent. */
  shallowCopy(): Chart {
    const copy = new Chart(this.metadata)
    Object.assign(copy, {
      raw: this.raw,
      lock: this.lock,
      templates: this.templates,
      values: this.values,
      schema: this.schema,
      schemaModTime: this.schemaModTime,
      files: this.files,
      modTime: this.modTime,
      parent: this.parent,
    })
    copy.#dependencies = this.#dependencies
    return copy
  }

  /** A copy of the whole tree with its own metadata and parent links; files are shared. */
  deepCopy(): Chart {
    const copy = this.shallowCopy()
    copy.metadata = copyMetadata(this.metadata)
    copy.parent = undefined
    copy.setDependencies(...this.#dependencies.map((chart) => chart.deepCopy()))
    return copy
  }
}

/** A copy of the metadata whose dependency entries may be changed. */
export function copyMetadata(metadata: Metadata): Metadata {
  return {
    ...metadata,
    dependencies: metadata.dependencies?.map((dependency) => (dependency ? { ...dependency } : null)),
  }
}

/** Empty metadata: every text empty, every list absent. */
export function emptyMetadata(): Metadata {
  return {
    name: '',
    home: '',
    sources: undefined,
    version: '',
    description: '',
    keywords: undefined,
    maintainers: undefined,
    icon: '',
    apiVersion: '',
    condition: '',
    tags: '',
    appVersion: '',
    deprecated: false,
    annotations: undefined,
    kubeVersion: '',
    dependencies: undefined,
    type: '',
  }
}

function isManifestName(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const dot = base.lastIndexOf('.')
  const extension = dot < 0 ? '' : base.slice(dot).toLowerCase()
  return extension === '.yaml' || extension === '.yml' || extension === '.json'
}
