import { jsonEqual, matchesSelector } from '../../../api/index.ts'
import {
  CLUSTER_ROLES,
  type ClusterRole,
  type ComponentContext,
  isOvertaken,
  type PolicyRule,
} from '../../control/index.ts'

/**
 * As Kubernetes' clusterrole-aggregation-controller: a role that gathers others by their labels shows the rules of all of
 * them, by name and each once.
 */
export function startClusterRoleAggregation(ctx: ComponentContext): void {
  const roles = ctx.informers.of(CLUSTER_ROLES)
  const loop = ctx.loop('clusterrole-aggregation-controller', async (name) => {
    const role = roles.get('', name)
    if (role === undefined || role.aggregationRule == null) return
    const rules = gathered(role, roles.list())
    if (jsonEqual(rules, role.rules ?? [])) return
    try {
      await ctx.client.update(CLUSTER_ROLES, { ...role, rules })
    } catch (error) {
      if (!isOvertaken(error)) throw error
    }
  })
  const recheck = (): void => {
    for (const role of roles.list()) if (role.aggregationRule != null) loop.queue.add(role.metadata.name)
  }
  roles.on({ add: recheck, update: recheck, delete: recheck })
}

function gathered(role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const rules: PolicyRule[] = []
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const chosen = all
      .filter((other) => other !== role && matchesSelector(selector, other.metadata.labels ?? {}))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    for (const rule of chosen.flatMap((other) => other.rules ?? [])) {
      if (!rules.some((known) => jsonEqual(known, rule))) rules.push(rule)
    }
  }
  return rules
}
