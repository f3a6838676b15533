import { createHash, randomBytes } from 'node:crypto'
import * as client from 'openid-client'
import type { OutsideIdentity, SignInProvider } from '../http/people.ts'
import { ROLES } from '../model/person.ts'
import type { Role } from '../model/person.ts'
import type { ProviderRefusal } from '../model/refusal.ts'

/** At the provider people look for their phone; then it begins anew. */
const PENDING_VALID = 10 * 60_000
const MOST_PENDING = 1000
/** How long the provider may take to answer, s. */
const PATIENCE = 10
/** Between what happens and when it is written down, s. */
const SLACK = 5
/** What a provider says of people whom it knows and does not let in: their account is locked, or they said no. */
const REFUSED: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'account_selection_required',
  'consent_required',
])
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
  'OAUTH_TIMEOUT',
])
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

export interface OidcOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
  /** "Sign in with …" */
  readonly name: string
  readonly scope: string
  /** The claim that gives the id of somebody who is new. */
  readonly personClaim: string
  /** The claim that lists what somebody is, and which role each of that gives. */
  readonly roleClaim: string
  readonly roles: Readonly<Record<string, Role>>
  /** The claim that lists areas; without one everybody sees all. */
  readonly areaClaim?: string
  /** How browsers reach this hub. */
  readonly hubUrl: () => string
  readonly now: () => number
}

interface Pending {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly begunAt: number
  readonly until: number
}

/**
 * Signs people in by an OpenID Connect provider: authorization code with PKCE, state, nonce and issuer checked. It must
 * ask each time who is there: at a screen of a ward somebody else may stand before what the last one left open.
 */
export function createOidc(options: OidcOptions): SignInProvider {
  const { name, now } = options
  const pendings = new Map<string, Pending>()
  const idTokens = new Map<string, string>()
  /** Whoever is at the screen can take `prompt` and `max_age` out of the address, but not what the provider then tells. */
  let tellsWhenAsked = false
  let found: Promise<client.Configuration> | undefined

  /** Asked for at the first sign-in: a provider that is down must not keep the hub from starting. */
  function discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = options
    const isPlain = LOOPBACK.test(new URL(issuer).hostname) && issuer.startsWith('http:')
    const asked = (found ??= client
      .discovery(
        new URL(issuer),
        clientId,
        undefined,
        clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
        {
          timeout: PATIENCE,
          ...(isPlain && { execute: [client.allowInsecureRequests] }),
        },
      )
      .catch((cause: unknown) => {
        if (found === asked) found = undefined
        throw cause
      }))
    return asked
  }

  const redirectUri = (): string => `${options.hubUrl().replace(/\/+$/, '')}/api/oidc/callback`

  return {
    name,
    async begin() {
      // Anew: a browser must not be sent to a provider that is down, where it shows an error and no way back.
      found = undefined
      const provider = await discover()
      const verifier = client.randomPKCECodeVerifier()
      const entry = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier,
        begunAt: now(),
        until: now() + PENDING_VALID,
      }
      for (const [key, { until }] of pendings) {
        if (until <= now() || pendings.size >= MOST_PENDING) pendings.delete(key)
      }
      const pending = randomBytes(32).toString('base64url')
      pendings.set(pending, entry)
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri(),
        scope: options.scope,
        state: entry.state,
        nonce: entry.nonce,
        prompt: 'login',
        max_age: '0',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, pending }
    },

    async finish(path, pending) {
      const begun = pending === undefined ? undefined : pendings.get(pending)
      // Whatever comes of it: no second try with the same.
      if (pending !== undefined) pendings.delete(pending)
      if (!begun || begun.until <= now()) {
        return { ok: false, why: 'late', reason: 'no sign-in of this browser was begun, or too long ago' }
      }
      try {
        const url = new URL(redirectUri())
        url.search = path.includes('?') ? path.slice(path.indexOf('?')) : ''
        const tokens = await client.authorizationCodeGrant(await discover(), url, {
          pkceCodeVerifier: begun.verifier,
          expectedState: begun.state,
          expectedNonce: begun.nonce,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (!claims) return { ok: false, why: 'failed', reason: 'the provider gave no ID token' }
        tellsWhenAsked ||= claims.auth_time !== undefined
        if (tellsWhenAsked && !wasAskedSince(begun.begunAt, now(), claims)) {
          const reason = 'the provider did not ask who is there, but took somebody from before'
          return { ok: false, why: 'not-asked', reason }
        }
        const read = readIdentity(claims, options)
        return read.ok ? { ...read, idToken: tokens.id_token } : read
      } catch (cause) {
        return { ok: false, why: whyOf(cause), reason: reasonOf(cause) }
      }
    },

    keep(session, idToken) {
      if (idTokens.size >= MOST_PENDING) {
        const [oldest] = idTokens.keys()
        if (oldest !== undefined) idTokens.delete(oldest)
      }
      if (idToken !== undefined) idTokens.set(keyOf(session), idToken)
    },

    async end(session) {
      const idToken = idTokens.get(keyOf(session))
      idTokens.delete(keyOf(session))
      try {
        const provider = await discover()
        if (provider.serverMetadata().end_session_endpoint === undefined) return undefined
        return client.buildEndSessionUrl(provider, {
          post_logout_redirect_uri: `${options.hubUrl().replace(/\/+$/, '')}/sign-in`,
          ...(idToken !== undefined && { id_token_hint: idToken }),
        }).href
      } catch {
        // They are signed out here, which is what counts.
        return undefined
      }
    },
  }
}

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

/** Who somebody is here, from what the provider says; no role: nobody. */
export function readIdentity(
  claims: Claims,
  options: Pick<OidcOptions, 'personClaim' | 'roleClaim' | 'roles' | 'areaClaim'>,
):
  | { readonly ok: true; readonly identity: OutsideIdentity }
  | { readonly ok: false; readonly why: 'no-role'; readonly reason: string } {
  const given = new Set(wordsOf(claims[options.roleClaim]).map((word) => options.roles[word]))
  const roles = ROLES.filter((role) => given.has(role))
  if (roles.length === 0) {
    return { ok: false, why: 'no-role', reason: `the claim "${options.roleClaim}" gives none of the roles` }
  }
  const areas = options.areaClaim === undefined ? 'all' : wordsOf(claims[options.areaClaim])
  if (areas.length === 0) {
    return { ok: false, why: 'no-role', reason: `the claim "${options.areaClaim}" gives no area` }
  }
  const [wanted = claims.sub] = wordsOf(claims[options.personClaim])
  const id =
    wanted
      .replace(/@.*$/, '')
      .replaceAll(/[^\w.-]/g, '-')
      .slice(0, 64) || `p-${keyOf(claims.sub).slice(0, 12)}`
  const [name] = typeof claims['name'] === 'string' ? [claims['name'].trim().slice(0, 100)] : []
  return {
    ok: true,
    identity: {
      subject: `${claims.iss} ${claims.sub}`,
      id,
      ...(name ? { name } : {}),
      roles,
      areas,
    },
  }
}

function wordsOf(claim: unknown): string[] {
  const all: unknown[] = Array.isArray(claim) ? claim : [claim]
  return all.filter((one) => typeof one === 'string' && one !== '') as string[]
}

/** By the provider's own clock: ours may differ by more than people need to sign in. */
export function wasAskedSince(
  begunAt: number,
  now: number,
  { auth_time: askedAt, iat }: { readonly auth_time?: number; readonly iat: number },
): boolean {
  return askedAt !== undefined && iat - askedAt <= Math.ceil((now - begunAt) / 1000) + SLACK
}

/** Of what went wrong on the way, what people can do something about. */
function whyOf(cause: unknown): ProviderRefusal {
  if (cause instanceof client.AuthorizationResponseError) {
    if (cause.error === 'server_error' || cause.error === 'temporarily_unavailable') return 'away'
    return REFUSED.has(cause.error) ? 'denied' : 'failed'
  }
  for (let inner = cause; inner instanceof Error; inner = inner.cause) {
    if ('code' in inner && inner.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return 'clock'
    if (inner.name === 'TimeoutError' || UNREACHED.has('code' in inner ? String(inner.code) : ''))
      return 'away'
    if (inner.cause instanceof Response && inner.cause.status >= 500) return 'away'
  }
  return 'failed'
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { cause: inner } = cause
  return inner instanceof Error ? `${cause.message}: ${inner.message}` : cause.message
}

function keyOf(session: string): string {
  return createHash('sha256').update(session).digest('hex')
}
