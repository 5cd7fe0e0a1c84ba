import { GoObject } from '../../../go/value.ts'
import { closedCompletion, defineCommand, noArgs } from '../../command.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'

/** What this release stands in for: scripts that ask Helm for its version read these. */
export const helmBuild = {
  version: 'v4.2.4',
  gitCommit: '',
  gitTreeState: '',
  goVersion: 'go1.26.8',
  kubeClientVersion: 'v1.36',
} as const

/** `version` */
export const versionCommand = defineCommand({
  path: 'version',
  description: `Prints the version of Helm that this program stands in for, as a line of fields.

With --template you choose the fields yourself: .Version, .GitCommit, .GitTreeState, .GoVersion, .KubeClientVersion.`,
  examples: "$0 version --short\n$0 version --template '{{.Version}}'",
  args: noArgs,
  complete: () => closedCompletion,
  flags: {
    short: boolFlag('print the version number only'),
    template: stringFlag('Go template of the output'),
  },
  async run(ctx, _args, { short, template }) {
    if (template !== '') {
      const { runGoTemplate } = await import('../../go-template.ts')
      return ctx.print(runGoTemplate('_', template, buildObject()))
    }
    const { version, gitCommit, gitTreeState, goVersion, kubeClientVersion } = helmBuild
    if (short) return ctx.printLine(gitCommit.length >= 7 ? `${version}+g${gitCommit.slice(0, 7)}` : version)
    ctx.printLine(
      `version.BuildInfo{Version:"${version}", GitCommit:"${gitCommit}", GitTreeState:"${gitTreeState}", GoVersion:"${goVersion}", KubeClientVersion:"${kubeClientVersion}"}`,
    )
  },
})

/** The build as a template sees it. */
function buildObject(): GoObject {
  const fields = new Map([
    ['Version', helmBuild.version],
    ['GitCommit', helmBuild.gitCommit],
    ['GitTreeState', helmBuild.gitTreeState],
    ['GoVersion', helmBuild.goVersion],
    ['KubeClientVersion', helmBuild.kubeClientVersion],
  ])
  return new GoObject({ typeName: 'version.BuildInfo', fields })
}
