import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Identity } from './access.ts'
import { provenBy } from './next-password.ts'

/** What the broker asks of the register. */
export interface GatewayDirectory {
  gateway(
    id: string,
  ): { readonly home: string; readonly passwordHash: string; readonly nextHash?: string } | undefined
  /** The gateway came with its new password. */
  useNextPassword?(id: string): void
  /** The gateway that has this certificate (SHA-256, lower-case hex); none when it was revoked. */
  gatewayWithCertificate?(fingerprint: string): { readonly id: string; readonly home: string } | undefined
  /** A gateway showed this certificate: those that it had before are not needed any more. */
  certificateShown?(fingerprint: string): void
}

/** Whether gateways may, or must, show a certificate over TLS. */
export type CertificatePolicy = 'none' | 'optional' | 'required'

export type Identified =
  | { readonly ok: true; readonly identity: Identity }
  /** `returnCode` of the CONNACK. */
  | { readonly ok: false; readonly returnCode: number; readonly reason: string }

export interface Shown {
  readonly username: string | undefined
  readonly password: Uint8Array | undefined
  readonly socket: Socket
}

const NOT_AUTHORIZED = 5
const WRONG_LOGIN = 4

/** Who somebody is, by their certificate or their password. */
export function identify(
  { username, password, socket }: Shown,
  directory: GatewayDirectory,
  policy: CertificatePolicy,
  now: number,
): Identified {
  const certificate = policy === 'none' ? undefined : certificateOf(socket)
  const known = certificate && directory.gatewayWithCertificate?.(certificate.fingerprint)
  if (certificate && known) {
    if (certificate.validTo <= now) {
      return refuse(NOT_AUTHORIZED, `the certificate of ${known.id} expired: aal gateway renew ${known.id}`)
    }
    if (username !== undefined && username !== '' && username !== known.id) {
      return refuse(WRONG_LOGIN, `the certificate is of ${known.id}`)
    }
    directory.certificateShown?.(certificate.fingerprint)
    return { ok: true, identity: { gateway: known.id, home: known.home } }
  }
  if (policy === 'required' && socket instanceof TLSSocket) {
    return refuse(
      NOT_AUTHORIZED,
      certificate ? "this certificate is nobody's, or was revoked" : 'no certificate was shown',
    )
  }
  const owner = username === undefined ? undefined : directory.gateway(username)
  const proof = provenBy(Buffer.from(password ?? []), owner)
  if (!proof || !owner || username === undefined) {
    return refuse(
      WRONG_LOGIN,
      username === undefined ? 'no user name was given' : 'wrong user name or password',
    )
  }
  if (proof === 'next') directory.useNextPassword?.(username)
  return { ok: true, identity: { gateway: username, home: owner.home } }
}

function refuse(returnCode: number, reason: string): Identified {
  return { ok: false, returnCode, reason }
}

/** That they have its key, the TLS handshake has shown. */
function certificateOf(
  socket: Socket,
): { readonly fingerprint: string; readonly validTo: number } | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const certificate = socket.getPeerX509Certificate()
  if (!(certificate instanceof X509Certificate)) return undefined
  return {
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    validTo: Date.parse(certificate.validTo),
  }
}
