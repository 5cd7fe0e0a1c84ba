const UNKNOWN_AUTHORITY = new Set([
  'CERT_SIGNATURE_FAILURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

/** An error of an outgoing connection in Go's words. */
export function connectionErrorText(
  error: NodeJS.ErrnoException,
  target: { readonly host: string; readonly port: number; readonly serverName: string },
): string {
  const code = error.code ?? ''
  const verify = 'tls: failed to verify certificate: x509: '
  const address = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  if (code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`
  if (code === 'EHOSTUNREACH') return `dial tcp ${address}: connect: no route to host`
  if (code === 'ENETUNREACH') return `dial tcp ${address}: connect: network is unreachable`
  if (code === 'ETIMEDOUT') return `dial tcp ${address}: i/o timeout`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${target.host}: no such host`
  if (code === 'ECONNRESET') return 'EOF'
  if (UNKNOWN_AUTHORITY.has(code)) return `${verify}certificate signed by unknown authority`
  if (code === 'CERT_HAS_EXPIRED') return `${verify}certificate has expired or is not yet valid`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${verify}certificate is not valid for ${target.serverName}`
  return error.message
}
