import { GoObject, type GoMap, type GoValue, typedSlice } from '../../../go/index.ts'
import type { Release, ReleaseHook } from '../../../release/index.ts'
import { runGoTemplate } from '../../go-template.ts'

/** Renders a Go template over `.Release`, whose fields are those of Helm's record. */
export function renderReleaseTemplate(template: string, release: Release): string {
  const data: GoMap = new Map<GoValue, GoValue>([['Release', releaseObject(release)]])
  return runGoTemplate('_', template, data)
}

function struct(typeName: string, fields: Record<string, GoValue>): GoObject {
  return new GoObject({ typeName, pointer: true, fields: new Map(Object.entries(fields)) })
}

function releaseObject(release: Release): GoObject {
  const { info } = release
  return struct('v1.Release', {
    Name: release.name,
    Info: struct('v1.Info', {
      FirstDeployed: info.firstDeployed,
      LastDeployed: info.lastDeployed,
      Deleted: info.deleted,
      Description: info.description,
      Status: info.status,
      Notes: info.notes,
    }),
    Chart: chartObject(release),
    Config: release.config ?? new Map(),
    Manifest: release.manifest,
    Hooks: release.hooks.map(hookObject),
    Version: BigInt(release.version),
    Namespace: release.namespace,
    Labels: new Map<GoValue, GoValue>(Object.entries(release.labels)),
    ApplyMethod: release.applyMethod,
  })
}

function chartObject({ chart }: Release): GoValue {
  if (chart === undefined) return null
  const { metadata } = chart
  const { name, version, appVersion, description, type, home, icon, apiVersion, kubeVersion } = metadata
  return struct('v2.Chart', {
    Metadata: struct('v2.Metadata', {
      Name: name,
      Version: version,
      AppVersion: appVersion,
      Description: description,
      Type: type,
      Home: home,
      Icon: icon,
      APIVersion: apiVersion,
      KubeVersion: kubeVersion,
    }),
    Values: chart.values ?? new Map(),
  })
}

function hookObject(hook: ReleaseHook): GoObject {
  return struct('v1.Hook', {
    Name: hook.name,
    Kind: hook.kind,
    Path: hook.path,
    Manifest: hook.manifest,
    Events: typedSlice('v1.HookEvent', hook.events),
    Weight: BigInt(hook.weight),
  })
}
