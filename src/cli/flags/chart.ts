import { boolFlag, type FlagSurroundings, type FlagValues, stringFlag } from './define.ts'

/** `~/.gnupg/pubring.gpg`, or in the folder that `GNUPGHOME` names; the default of `--keyring`. */
function defaultKeyring(around: FlagSurroundings): string {
  const folder = around.env.GNUPGHOME
  if (folder !== undefined && folder !== '') return `${folder}/pubring.gpg`
  return `${around.folders.home}/.gnupg/pubring.gpg`
}

/** `--keyring`. */
export const keyringFlag = stringFlag('keyring with the public keys to verify with', defaultKeyring)

/** How to connect to a repository: user, certificates, plain HTTP. */
export const connectionFlags = {
  caFile: stringFlag('trust servers whose certificates this CA bundle vouches for'),
  certFile: stringFlag('certificate to identify with over HTTPS'),
  insecureSkipTlsVerify: boolFlag('accept any certificate of the server'),
  keyFile: stringFlag('key of the certificate to identify with over HTTPS'),
  password: stringFlag('password for the repository'),
  plainHttp: boolFlag('download over plain HTTP'),
  username: stringFlag('user for the repository'),
} as const

/** Flags of commands that take a chart by name: where it is, which version, whether to verify it. */
export const chartPathFlags = {
  ...connectionFlags,
  keyring: keyringFlag,
  passCredentials: boolFlag('send user and password to every host, not only to that of the repository'),
  repo: stringFlag('URL of the repository that has the chart'),
  verify: boolFlag("check the chart's signature before using it"),
  version: stringFlag('version of the chart, exact (1.1.1) or as a constraint (^2.0.0); the newest by default'),
} as const

/** `--devel`. */
export const develFlag = boolFlag(
  'take development versions too, as --version ">0.0.0-0"; ignored when --version is given',
)

/** What the chart path flags gave. */
export type ChartPathFlags = FlagValues<typeof chartPathFlags>

/** What the connection flags gave. */
export type ConnectionFlags = FlagValues<typeof connectionFlags>
