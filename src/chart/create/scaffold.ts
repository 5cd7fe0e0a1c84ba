import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { quote } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import { fileSystemError, writeFileError } from '../load/file-errors.ts'
import { chartFile, ignoreFile } from './skeleton/chart-file.ts'
import { helpersFile } from './skeleton/helpers-file.ts'
import { ingressFile, notesFile, routeFile, serviceFile } from './skeleton/network-files.ts'
import { valuesFile } from './skeleton/values-file.ts'
import { autoscalerFile, deploymentFile, serviceAccountFile, testFile } from './skeleton/workload-files.ts'

const maxNameLength = 250
const namePattern = /^[a-zA-Z0-9._-]+$/

const files: readonly (readonly [path: string, content: string])[] = [
  ['Chart.yaml', chartFile],
  ['values.yaml', valuesFile],
  ['.helmignore', ignoreFile],
  ['templates/ingress.yaml', ingressFile],
  ['templates/httproute.yaml', routeFile],
  ['templates/deployment.yaml', deploymentFile],
  ['templates/service.yaml', serviceFile],
  ['templates/serviceaccount.yaml', serviceAccountFile],
  ['templates/hpa.yaml', autoscalerFile],
  ['templates/NOTES.txt', notesFile],
  ['templates/_helpers.tpl', helpersFile],
  ['templates/tests/test-connection.yaml', testFile],
]

/**
 * Writes a new chart into a folder of its name below `parent` and gives the folder. Files that exist are overwritten, each after
 * a word to `warn`. The files render the same objects as those of Helm 4.2's `create`, in our own words.
 */
export function createChart(name: string, parent: string, warn: (message: string) => void = () => {}): string {
  validateChartName(name)
  const top = resolve(parent)
  let isFolder: boolean
  try {
    isFolder = statSync(top).isDirectory()
  } catch (error) {
    throw fileSystemError(error, 'stat', top)
  }
  if (!isFolder) throw chartError('CREATE', `no such directory ${top}`)
  const folder = join(top, name)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw chartError('CREATE', `file ${folder} already exists and is not a directory`)
  }
  for (const [file, content] of files) {
    const path = join(folder, file)
    if (statSync(path, { throwIfNoEntry: false })) warn(`WARNING: File ${quote(path)} already exists. Overwriting.`)
    writeChartFile(path, content.replaceAll('<CHARTNAME>', name))
  }
  mkdirSync(join(folder, 'charts'), { recursive: true, mode: 0o755 })
  return folder
}

/** Refuses names of new charts that could cause trouble in paths and templates. */
export function validateChartName(name: string): void {
  const length = Buffer.byteLength(name)
  if (length === 0 || length > maxNameLength) {
    throw chartError('CREATE', `chart name must be between 1 and ${maxNameLength} characters`)
  }
  if (!namePattern.test(name)) {
    throw chartError('CREATE', `chart name must match the regular expression ${quote(namePattern.source)}`)
  }
}

/** Writes a file of a chart and the folders above it. */
export function writeChartFile(path: string, content: string | Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    writeFileSync(path, content, { mode: 0o644 })
  } catch (error) {
    throw writeFileError(error, path)
  }
}
