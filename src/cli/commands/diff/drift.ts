import { drift, type DriftedField, type DriftedObject, HIDDEN } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { ExitError } from '../../errors.ts'
import { boolFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'
import { oneRelease } from '../release/candidates.ts'
import { withSession } from '../release/session.ts'

/** `drift` */
export const driftCommand = defineCommand({
  path: 'drift',
  usage: 'RELEASE_NAME',
  description: `Shows which objects of a release are not as its deployed revision says: fields that others changed, with who did it and
when, and objects that are gone. With --fix they are brought back. What others added beside the release's own fields is
no drift.`,
  examples: '$0 drift web\n$0 drift web --fix\n$0 drift web -o json --detailed-exitcode',
  args: exactArgs(1),
  flags: {
    detailedExitcode: boolFlag('end with exit code 2 when something differs and is not brought back'),
    fix: boolFlag('bring back what the release says'),
    output: outputFlag,
  },
  complete: oneRelease,
  async run(ctx, [name = ''], flags) {
    const request = { name, fix: flags.fix }
    const { release, objects } = await withSession(ctx, ({ ports }) => drift(ports, request, ctx.signal))
    const shown = objects.map(maskedDrift)
    printOutput(ctx, flags.output, {
      table: () => driftText(shown),
      value: () => ({ name, namespace: release.namespace, revision: release.version, objects: shown }),
    })
    if (flags.detailedExitcode && shown.some(({ fixed }) => !fixed)) throw new ExitError(2)
  },
})

function maskedDrift(object: DriftedObject): DriftedObject {
  if (object.kind !== 'Secret') return object
  const hide = (field: DriftedField): DriftedField => ({
    ...field,
    ...(field.before === undefined ? {} : { before: HIDDEN }),
    ...(field.after === undefined ? {} : { after: HIDDEN }),
  })
  return { ...object, fields: object.fields.map(hide) }
}

function driftText(objects: readonly DriftedObject[]): string {
  if (objects.length === 0) return 'Nothing differs.'
  return objects
    .flatMap(({ kind, namespace, name, state, fields, fixed }) => [
      `${kind} ${namespace === '' ? name : `${namespace}/${name}`}: ${state}${fixed ? ', brought back' : ''}`,
      ...fields.map(({ path, before, after, manager, time }) => {
        const who = manager === '' ? '' : ` (by ${manager}${time === '' ? '' : ` at ${time}`})`
        return `    ${path}: is ${word(before)}, should be ${word(after)}${who}`
      }),
    ])
    .join('\n')
}

function word(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}
