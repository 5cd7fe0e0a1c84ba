/** Flags with values that Helm looks for among a plugin's arguments. */
const valueFlags = new Set([
  '--kube-context',
  '--namespace',
  '-n',
  '--kubeconfig',
  '--kube-apiserver',
  '--kube-token',
  '--kube-as-user',
  '--kube-as-group',
  '--kube-ca-file',
  '--registry-config',
  '--repository-cache',
  '--repository-config',
  '--kube-insecure-skip-tls-verify',
  '--kube-tls-server-name',
  // An empty word is taken for one of them, too.
  '',
])

/**
 * Divides a plugin's arguments: plugins learn the global flags from their environment, so these are not handed to them. As Helm's
 * manuallyProcessArgs.
 */
export function splitGlobalFlags(argv: readonly string[]): {
  readonly known: readonly string[]
  readonly others: readonly string[]
} {
  const known: string[] = []
  const others: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    const equals = word.indexOf('=')
    if (word === '--debug' || (equals > 0 && valueFlags.has(word.slice(0, equals)))) known.push(word)
    else if (valueFlags.has(word)) {
      known.push(...argv.slice(at, at + 2))
      at += 1
    } else others.push(word)
  }
  return { known, others }
}
