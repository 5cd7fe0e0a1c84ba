import { boolAt, type JsonObject, listAt, objectAt, stringAt, valueAt } from '../../../api/index.ts'
import { type Findings, forbidden, invalid, notFound, notSupported, required } from './findings.ts'
import { validateDescendingPath, validateNoBackstep } from './volume-paths.ts'

const PROPAGATION = ['Bidirectional', 'HostToContainer', 'None']
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible']

type Volumes = ReadonlyMap<string, JsonObject>

/** Paths by volume of the other list: a volume is mounted or given as a device, not both. */
function pathsOf(container: JsonObject, list: string, key: string): Map<string, string> {
  return new Map(listAt(container, list).map((each) => [stringAt(each, 'name'), stringAt(each, key)]))
}

/** Checks the mounts of a container. Some findings carry no index, as in Kubernetes. */
export function validateMounts(container: JsonObject, field: string, volumes: Volumes): Findings {
  const out: Findings = []
  const paths = new Set<string>()
  const devices = pathsOf(container, 'volumeDevices', 'devicePath')
  listAt(container, 'volumeMounts').forEach((mount, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(mount, 'name')
    if (name === '') out.push(required(`${at}.name`))
    if (!volumes.has(name)) out.push(notFound(`${at}.name`, name))
    const path = stringAt(mount, 'mountPath')
    if (path === '') out.push(required(`${at}.mountPath`))
    if (paths.has(path)) out.push(invalid(`${at}.mountPath`, path, 'must be unique'))
    paths.add(path)
    if (devices.has(name)) out.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if ([...devices.values()].includes(path)) {
      out.push(invalid(`${at}.mountPath`, path, 'must not already exist as a path in volumeDevices'))
    }
    const subPath = stringAt(mount, 'subPath')
    if (subPath !== '') out.push(...validateDescendingPath(subPath, `${field}.subPath`))
    const expression = stringAt(mount, 'subPathExpr')
    if (expression !== '') {
      if (subPath !== '')
        out.push(invalid(`${at}.subPathExpr`, expression, 'subPathExpr and subPath are mutually exclusive'))
      out.push(...validateDescendingPath(expression, `${field}.subPathExpr`))
    }
    out.push(...validatePropagation(mount, container, `${field}.mountPropagation`))
    out.push(...validateRecursion(mount, `${field}.recursiveReadOnly`))
  })
  return out
}

function validatePropagation(mount: JsonObject, container: JsonObject, field: string): Findings {
  const propagation = valueAt(mount, 'mountPropagation')
  if (propagation === undefined) return []
  const out: Findings = []
  if (!PROPAGATION.includes(String(propagation))) out.push(notSupported(field, propagation, PROPAGATION))
  const privileged = valueAt(objectAt(container, 'securityContext'), 'privileged') === true
  if (propagation === 'Bidirectional' && !privileged) {
    out.push(forbidden(field, 'Bidirectional mount propagation is available only to privileged containers'))
  }
  return out
}

function validateRecursion(mount: JsonObject, field: string): Findings {
  const mode = valueAt(mount, 'recursiveReadOnly')
  if (mode === undefined || mode === 'Disabled') return []
  if (!RECURSIVE.includes(String(mode))) return [notSupported(field, mode, RECURSIVE)]
  const out: Findings = []
  if (!boolAt(mount, 'readOnly')) out.push(forbidden(field, 'may only be specified when readOnly is true'))
  const propagation = valueAt(mount, 'mountPropagation')
  if (propagation !== undefined && propagation !== 'None') {
    out.push(forbidden(field, 'may only be specified when mountPropagation is None or not specified'))
  }
  return out
}

/** Checks the block devices of a container. */
export function validateDevices(container: JsonObject, field: string, volumes: Volumes): Findings {
  const out: Findings = []
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = pathsOf(container, 'volumeMounts', 'mountPath')
  listAt(container, 'volumeDevices').forEach((device, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(device, 'name')
    const path = stringAt(device, 'devicePath')
    if (name === '') out.push(required(`${at}.name`))
    if (names.has(name)) out.push(invalid(`${at}.name`, name, 'must be unique'))
    const volume = volumes.get(name)
    if (!volume) out.push(notFound(`${at}.name`, name))
    else if (!objectAt(volume, 'persistentVolumeClaim') && !objectAt(volume, 'ephemeral')) {
      const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      out.push(invalid(`${at}.name`, name, text))
    }
    if (path === '') out.push(required(`${at}.devicePath`))
    if (paths.has(path)) out.push(invalid(`${at}.devicePath`, path, 'must be unique'))
    if (validateNoBackstep(path, '').length > 0) {
      out.push(invalid(`${at}.devicePath`, path, "can not contain backsteps ('..')"))
    } else paths.add(path)
    if (mounts.has(name)) out.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'))
    if ([...mounts.values()].includes(path)) {
      out.push(invalid(`${at}.devicePath`, path, 'must not already exist as a path in volumeMounts'))
    }
    if (name !== '') names.add(name)
  })
  return out
}
