import type { Host } from '../base/index.ts'
import { createSprigMap } from '../funcs/index.ts'
import type { GoValue } from '../go/index.ts'
import { type FunctionMap, parseTemplate, TemplateSet } from '../template/index.ts'

/** Runs one Go template that stands alone, as commands with `--template` do; `name` shows in errors. */
export function runGoTemplate(name: string, text: string, data: GoValue, functions: FunctionMap = new Map()): string {
  const set = new TemplateSet(name)
  set.add(parseTemplate(name, text, functions))
  return set.has(name) ? set.execute(name, data, { functions }) : ''
}

/** The name that `--name-template` gives; sprig's functions are at hand, Helm's are not. As Helm 4 `action.TemplateName`. */
export function renderNameTemplate(text: string, host: Host): string {
  return runGoTemplate('name-template', text, null, createSprigMap(host))
}
