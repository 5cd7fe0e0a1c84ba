import type { GoCallable, GoValue } from '../../go/index.ts'
import type { Execution, ExecutionCallable } from '../../template/index.ts'
import { chartFailure } from '../errors.ts'
import { ANY, DICT, fn } from '../signature.ts'
import { isNil } from '../values.ts'

/** What the functions that reach outside a single template need from the renderer. */
export interface HelmPorts {
  /** Renders the named template with `data`. */
  readonly include: (execution: Execution, name: string, data: GoValue) => string
  /** Renders a text as a template with `data`. */
  readonly tpl: (execution: Execution, text: string, data: GoValue) => string
  /** Finds objects in the cluster; absent: there is no cluster, and nothing is found. */
  readonly lookup?: (apiVersion: string, kind: string, namespace: string, name: string) => GoValue
  /** In lint mode `required` and `fail` do not fail; the messages go here. */
  readonly lint?: { readonly onMessage?: (message: string) => void } | undefined
  /** Resolves a host name; absent: names resolve to the empty text, as without `--enable-dns`. */
  readonly resolveHost?: (name: string) => string
}

function inExecution(
  callable: GoCallable,
  run: (execution: Execution, ...args: GoValue[]) => GoValue,
): ExecutionCallable {
  return { ...callable, callIn: run }
}

/** `include`, `tpl`, `required`, `fail`, `lookup` and `getHostByName`, as Helm's engine defines them. */
export function helmFunctions(ports: HelmPorts): Map<string, GoCallable> {
  const lint = ports.lint
  const failure = (message: string): string => {
    if (lint === undefined) throw chartFailure(message)
    lint.onMessage?.(message)
    return ''
  }
  const placeholder = (): string => 'not implemented'
  return new Map<string, GoCallable>([
    [
      'include',
      inExecution(fn(`string, ${ANY}`, 'string', placeholder), (execution, name, data) =>
        ports.include(execution, String(name), data ?? null),
      ),
    ],
    [
      'tpl',
      inExecution(fn(`string, ${ANY}`, 'string', placeholder), (execution, text, data) =>
        ports.tpl(execution, String(text), data ?? null),
      ),
    ],
    ['fail', fn('string', 'string', failure)],
    [
      'required',
      fn(`string, ${ANY}`, ANY, (message: string, value: GoValue) =>
        isNil(value) || value === '' ? failure(message) : value,
      ),
    ],
    [
      'lookup',
      fn('string, string, string, string', DICT, (apiVersion: string, kind: string, namespace: string, name: string) =>
        ports.lookup === undefined ? new Map() : ports.lookup(apiVersion, kind, namespace, name),
      ),
    ],
    ['getHostByName', fn('string', 'string', (name: string) => ports.resolveHost?.(name) ?? '')],
  ])
}
