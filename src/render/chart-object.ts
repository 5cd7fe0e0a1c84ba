import type { Chart, Dependency, Maintainer } from '../chart/index.ts'
import { type GoMap, GoNil, type GoValue, TypedMap } from '../go/index.ts'

/** `.Chart` as templates see it: the fields of Chart.yaml by their Go names, absent ones empty. */
export function chartObject(chart: Chart): GoMap {
  const { metadata } = chart
  return new Map<GoValue, GoValue>([
    ['Name', metadata.name],
    ['Home', metadata.home],
    ['Sources', [...(metadata.sources ?? [])]],
    ['Version', metadata.version],
    ['Description', metadata.description],
    ['Keywords', [...(metadata.keywords ?? [])]],
    ['Maintainers', (metadata.maintainers ?? []).map(maintainerObject)],
    ['Icon', metadata.icon],
    ['APIVersion', metadata.apiVersion],
    ['Condition', metadata.condition],
    ['Tags', metadata.tags],
    ['AppVersion', metadata.appVersion],
    ['Deprecated', metadata.deprecated],
    [
      'Annotations',
      metadata.annotations ? new TypedMap('string', 'string', metadata.annotations) : new GoNil('map[string]string'),
    ],
    ['KubeVersion', metadata.kubeVersion],
    ['Dependencies', (metadata.dependencies ?? []).map(dependencyObject)],
    ['Type', metadata.type],
    ['IsRoot', chart.parent === undefined],
  ])
}

function maintainerObject(maintainer: Maintainer | null): GoValue {
  if (!maintainer) return null
  return new Map<GoValue, GoValue>([
    ['Name', maintainer.name],
    ['Email', maintainer.email],
    ['URL', maintainer.url],
  ])
}

function dependencyObject(dependency: Dependency | null): GoValue {
  if (!dependency) return null
  return new Map<GoValue, GoValue>([
    ['Name', dependency.name],
    ['Version', dependency.version],
    ['Repository', dependency.repository],
    ['Condition', dependency.condition],
    ['Tags', [...dependency.tags]],
    ['Enabled', dependency.enabled],
    ['ImportValues', [...dependency.importValues]],
    ['Alias', dependency.alias],
  ])
}
