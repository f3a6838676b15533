import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { makeFolders } from '../source/make-folders.ts'
import { factsOf } from './check-pair.ts'
import type { CertificateFacts } from './check-pair.ts'

type X509 = typeof import('@peculiar/x509')

const DAY = 86_400_000
const YEAR = 365 * DAY
/** It stands on boxes in homes: nobody wants to go there again because of it. */
const AUTHORITY_YEARS = 25
/** A gateway is sent away by the registry, not by a date: the date is a last resort. */
const GATEWAY_YEARS = 10
/** Browsers and phones believe no server for longer (CA/Browser Forum, before the shortening that began in 2026). */
const SERVER_DAYS = 397
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A certificate that was just made. */
export interface Issued {
  /** PEM */
  readonly certificate: string
  /** PEM; not given where the key is elsewhere and only its request came. */
  readonly key?: string
  /** Hex. */
  readonly serial: string
  readonly facts: CertificateFacts
}

/** The hub's own certificate authority: for its gateways, and for its own server where there is no other. */
export interface Authority {
  /** PEM: what boxes need to know this hub by. */
  readonly certificate: string
  /** @throws Error when the request cannot be used */
  issueGateway(gateway: string, now: number, request?: string): Promise<Issued>
  /** @param names host names and IP addresses */
  issueServer(names: readonly string[], now: number): Promise<Issued>
}

/** Where the authority of this data folder has its certificate. */
export function authorityFile(folder: string): string {
  return join(folder, 'authority.pem')
}

/** Opens the authority of a data folder, and makes it the first time. */
export async function openAuthority(folder: string, now: number): Promise<Authority> {
  const x509 = await loadLibrary()
  const certificateFile = authorityFile(folder)
  const keyFile = join(folder, 'authority-key.pem')
  makeFolders(folder)
  const keys = await openKeys(x509, keyFile)
  const signingKey = keys.privateKey
  const certificate = await openCertificate(x509, certificateFile, keys, now)

  const sign = async (
    subject: string,
    publicKey: CryptoKey,
    days: number,
    extensions: readonly InstanceType<X509['Extension']>[],
    at: number,
  ) => {
    const made = await x509.X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject,
      issuer: certificate.subject,
      notBefore: new Date(at - 5 * 60_000),
      // Nothing is believed for longer than the one who says so.
      notAfter: new Date(Math.min(at + days * DAY, certificate.notAfter.getTime())),
      signingKey,
      publicKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        ...extensions,
      ],
    })
    const pem = made.toString('pem')
    return {
      certificate: `${pem}\n`,
      serial: made.serialNumber,
      facts: factsOf(new X509Certificate(pem)),
    }
  }
  const usage = (server: boolean) => [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([
      server ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
    ]),
  ]

  return {
    certificate: `${certificate.toString('pem')}\n`,
    async issueGateway(gateway, at, request) {
      // Ids of gateways are letters, digits, dots, hyphens and underscores: nothing to escape.
      const subject = `CN=${gateway}`
      const days = GATEWAY_YEARS * 365
      if (request !== undefined) {
        return await sign(subject, await publicKeyOf(x509, request), days, usage(false), at)
      }
      const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
      return {
        ...(await sign(subject, keys.publicKey, days, usage(false), at)),
        key: await toPem(keys.privateKey),
      }
    },
    async issueServer(names, at) {
      const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
      const extensions = [
        ...usage(true),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
      ]
      const [first = ''] = names
      const made = await sign(`CN=${first}`, keys.publicKey, SERVER_DAYS, extensions, at)
      return { ...made, key: await toPem(keys.privateKey) }
    },
  }
}

/** Made once: whoever comes second, in another process, takes what is there. */
async function openKeys(x509: X509, file: string): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  await writeFile(file, await toPem(made.privateKey), { mode: 0o600, flag: 'wx' }).catch(unlessThere)
  const pem = await readFile(file, 'utf8')
  const publicPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']),
    crypto.subtle.importKey('spki', x509.PemConverter.decodeFirst(publicPem), ALGORITHM, true, ['verify']),
  ])
  return { privateKey, publicKey }
}

async function openCertificate(x509: X509, file: string, keys: CryptoKeyPair, now: number) {
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    // One hub must not be taken for another where a box knows both.
    name: `CN=AAL hub ${randomBytes(4).toString('hex')}`,
    notBefore: new Date(now - 5 * 60_000),
    notAfter: new Date(now + AUTHORITY_YEARS * YEAR),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  await writeFile(file, `${made.toString('pem')}\n`, { mode: 0o644, flag: 'wx' }).catch(unlessThere)
  return new x509.X509Certificate(await readFile(file, 'utf8'))
}

function unlessThere(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'EEXIST') throw cause
}

/** @throws Error when it is no request, or was not made by whoever has the key */
async function publicKeyOf(x509: X509, pem: string): Promise<CryptoKey> {
  let request: InstanceType<X509['Pkcs10CertificateRequest']>
  try {
    request = new x509.Pkcs10CertificateRequest(pem)
  } catch (cause) {
    throw new Error('it is no certificate request in PEM, expected "-----BEGIN CERTIFICATE REQUEST-----"', {
      cause,
    })
  }
  const isProved = await request.verify().catch(() => false)
  if (!isProved) throw new Error('its signature is not that of its key')
  const { algorithm } = request.publicKey as { algorithm: { name: string; modulusLength?: number } }
  if (algorithm.name.startsWith('RSA') && (algorithm.modulusLength ?? 0) < 2048) {
    throw new Error('its RSA key is shorter than 2048 bits')
  }
  return await request.publicKey.export()
}

async function toPem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`
}

/** 128 random bits, positive (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

/** Loaded when it is needed: a hub whose gateways have passwords never waits for it. */
async function loadLibrary(): Promise<X509> {
  // The library wants it to be there first.
  await import('reflect-metadata')
  return await import('@peculiar/x509')
}
