import { type Verification, verifyChartFile } from '../../../repo/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { keyringFlag } from '../../flags/chart.ts'

/** `verify` */
export const verifyCommand = defineCommand({
  path: 'verify',
  usage: 'PATH',
  description: `Checks the signature of a chart archive on this machine.

The provenance file lies beside the archive, under its name with .prov at the end.`,
  examples: '$0 verify mychart-0.1.0.tgz --keyring pubring.gpg',
  args: exactArgs(1),
  complete: completeFiles(1),
  flags: { keyring: keyringFlag },
  async run(ctx, [path = ''], { keyring }) {
    for (const line of verificationLines(await verifyChartFile(path, `${path}.prov`, keyring))) ctx.printLine(line)
  },
})

/** The lines about a signature that was found good. */
export function verificationLines(verification: Verification): string[] {
  return [
    ...verification.signers.map((signer) => `Signed by: ${signer}`),
    `Using Key With Fingerprint: ${verification.fingerprint}`,
    `Chart Hash Verified: ${verification.fileHash}`,
  ]
}
