import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

/** What is known of a certificate; times in ms. */
export interface CertificateFacts {
  /** The names that it is for, as it says: `DNS:hub.example.org, IP Address:10.0.0.1`. */
  readonly names: string
  readonly validFrom: number
  readonly validTo: number
  /** SHA-256 of the whole of it, lower-case hex. */
  readonly fingerprint: string
}

export interface PairText {
  readonly cert: string
  readonly key: string
}

export type CheckedPair =
  | { readonly ok: true; readonly facts: CertificateFacts }
  | {
      readonly ok: false
      /** After "Cannot use …: ". */
      readonly problem: string
      /** Which of the two files it is about. */
      readonly about: 'cert' | 'key'
    }

/** Clocks differ, and a certificate may be made this second. */
const CLOCK_TOLERANCE = 5 * 60_000

/** Whether a server can show this certificate now. */
export function checkPair({ cert, key }: PairText, now: number): CheckedPair {
  const parsed = parse(() => new X509Certificate(cert))
  if (!parsed.ok) {
    return refuse(
      'cert',
      `it is no certificate in PEM (${parsed.reason}), expected "-----BEGIN CERTIFICATE-----"`,
    )
  }
  const certificate = parsed.value
  const privateKey = parse(() => createPrivateKey(key))
  if (!privateKey.ok) {
    return refuse(
      'key',
      /ENCRYPTED/.test(key)
        ? 'the key is locked with a pass phrase: keep it without one (openssl pkey -in KEY -out NEW), readable by the hub only'
        : `it is no private key in PEM (${privateKey.reason}), expected "-----BEGIN PRIVATE KEY-----"`,
    )
  }
  if (!certificate.checkPrivateKey(privateKey.value)) {
    return refuse('key', 'it is not the key of the certificate: put the two that were made together')
  }
  const facts = factsOf(certificate)
  if (facts.validTo <= now) {
    return refuse(
      'cert',
      `it expired ${dayOf(facts.validTo)}: have it renewed, and put the new one in its place`,
    )
  }
  if (facts.validFrom > now + CLOCK_TOLERANCE) {
    return refuse(
      'cert',
      `it is valid from ${dayOf(facts.validFrom)} only: is the clock of this machine right?`,
    )
  }
  const context = parse(() => createSecureContext({ cert, key }))
  return context.ok ? { ok: true, facts } : refuse('cert', context.reason)
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    names: certificate.subjectAltName ?? certificate.subject.replaceAll('\n', ', '),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    fingerprint: fingerprintOf(certificate.fingerprint256),
  }
}

/** `AB:CD:…` as Node gives it → `abcd…`. */
export function fingerprintOf(fingerprint256: string): string {
  return fingerprint256.replaceAll(':', '').toLowerCase()
}

function refuse(about: 'cert' | 'key', problem: string): CheckedPair {
  return { ok: false, about, problem }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function parse<T>(read: () => T): { ok: true; value: T } | { ok: false; reason: string } {
  try {
    return { ok: true, value: read() }
  } catch (cause) {
    return { ok: false, reason: cause instanceof Error ? cause.message : String(cause) }
  }
}
