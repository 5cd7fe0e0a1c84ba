import type { Clock } from '../../base/index.ts'
import { sendHttp } from '../../net/index.ts'
import { errorText } from '../../base/index.ts'
import { KubeClientError } from '../errors.ts'

/** The configuration of a kubeconfig's `oidc` auth provider. */
export type OidcConfig = Readonly<Record<string, string>>

/** What the provider takes from outside. */
export interface OidcHost {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  /** Keeps refreshed tokens where the configuration came from; a failure is an error of the request. */
  readonly persist: (config: OidcConfig) => Promise<void>
}

/** A token counts as expired this long before its end, as in client-go. */
const EXPIRY_MARGIN_MS = 10_000
/** Longest part of a provider's answer that is shown. */
const SHOWN_CHARS = 80

/**
 * The source of ID tokens: the one of the configuration while it is valid, else a new one by the refresh token, which is
 * then kept by `persist`. Throws CREDENTIALS at once when issuer or client are missing. As client-go's oidc provider.
 */
export function oidcTokens(config: OidcConfig, host: OidcHost): () => Promise<string> {
  for (const key of ['idp-issuer-url', 'client-id']) {
    if ((config[key] ?? '') === '') throw refused(`Must provide ${key}`)
  }
  let current = config
  let pending: Promise<string> | undefined
  const token = async (): Promise<string> => {
    const idToken = current['id-token'] ?? ''
    if (idToken !== '' && isValid(idToken, host.clock.nowMs())) return idToken
    const refreshed = await refresh(current, host)
    try {
      await host.persist(refreshed)
    } catch (error) {
      throw refused(`could not persist new tokens: ${errorText(error)}`, error)
    }
    current = refreshed
    return refreshed['id-token'] ?? ''
  }
  return () => {
    // Requests that go out together share one refresh.
    pending ??= token().finally(() => {
      pending = undefined
    })
    return pending
  }
}

async function refresh(config: OidcConfig, host: OidcHost): Promise<OidcConfig> {
  const refreshToken = config['refresh-token'] ?? ''
  if (refreshToken === '') throw refused('No valid id-token, and cannot refresh without refresh-token')
  const caFile = config['idp-certificate-authority'] ?? ''
  const common = { env: host.env, tls: caFile === '' ? undefined : { caFile } }
  const wellKnown = `${(config['idp-issuer-url'] ?? '').replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = await sendHttp({ ...common, url: wellKnown })
  const metadataText = Buffer.from(metadata.body).toString('utf8')
  if (metadata.status !== 200) {
    const shown = metadataText.length > SHOWN_CHARS ? `${metadataText.slice(0, SHOWN_CHARS)}...` : metadataText
    const status = `${metadata.status} ${metadata.statusText}`
    throw refused(`oidc: failed to query metadata endpoint ${status}: ${JSON.stringify(shown)}`)
  }
  const endpoint = textField(metadataText, 'token_endpoint')
  if (endpoint === undefined) throw refused("oidc: discovery object doesn't contain a token_endpoint")
  const answer = await sendHttp({
    ...common,
    method: 'POST',
    url: endpoint,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    basicAuth: { username: config['client-id'] ?? '', password: config['client-secret'] ?? '' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  })
  const answerText = Buffer.from(answer.body).toString('utf8')
  if (answer.status < 200 || answer.status > 299) {
    const status = `${answer.status} ${answer.statusText}`
    throw refused(`failed to refresh token: oauth2: cannot fetch token: ${status}\nResponse: ${answerText}`)
  }
  const idToken = textField(answerText, 'id_token')
  if (idToken === undefined) {
    throw refused(
      'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the provider doesn\'t support id_tokens as part of the refresh response',
    )
  }
  return {
    ...config,
    'refresh-token': textField(answerText, 'refresh_token') ?? refreshToken,
    'id-token': idToken,
  }
}

/** A field of a JSON object that is a text with something in it. */
function textField(json: string, field: string): string | undefined {
  try {
    const value = (JSON.parse(json) as Record<string, unknown> | null)?.[field]
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch {
    return undefined
  }
}

function isValid(idToken: string, nowMs: number): boolean {
  const parts = idToken.split('.')
  if (parts.length !== 3) throw refused('ID Token is not a valid JWT')
  try {
    const claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) as { exp?: number }
    return nowMs + EXPIRY_MARGIN_MS < (claims.exp ?? 0) * 1000
  } catch (error) {
    throw refused(`parsing claims: ${errorText(error)}`, error)
  }
}

function refused(message: string, cause?: unknown): KubeClientError {
  return new KubeClientError('CREDENTIALS', message, {}, cause)
}
