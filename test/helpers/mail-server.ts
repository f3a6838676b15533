import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'
import { makeCertificate } from './certificate.ts'

export interface Mail {
  /** Of the envelope. */
  readonly from: string
  readonly to: readonly string[]
  readonly encrypted: boolean
  /** By name in small letters, decoded. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface MailServer {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Its own certificate, to trust. */
  readonly ca: string
  readonly username: string
  readonly password: string
  mails(): readonly Mail[]
  start(): Promise<void>
  stop(): Promise<void>
}

/** By the local part of the recipient: how the server answers RCPT TO. */
const REFUSALS: Readonly<Record<string, number>> = { unknown: 550, greylisted: 451, full: 552 }

/** A real mail server (the package smtp-server) on loopback that wants a sign-in. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const { key, cert } = makeCertificate()
  const [username, password] = ['hub', 'mail-pässword-9431']
  const mails: Mail[] = []
  const refusal = (message: string, responseCode: number): Error =>
    Object.assign(new Error(message), { responseCode })
  const make = (): SMTPServer =>
    new SMTPServer({
      key,
      cert,
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth(auth, _session, done) {
        if (auth.username === username && auth.password === password) done(null, { user: username })
        else done(refusal(`Invalid login for ${auth.username}`, 535))
      },
      onMailFrom({ address }, _session, done) {
        if (address.startsWith('hub@')) done()
        else done(refusal(`Sender ${address} is not yours`, 553))
      },
      onRcptTo({ address }, _session, done) {
        const code = REFUSALS[address.split('@')[0] ?? '']
        if (code === undefined) done()
        else done(refusal(`Not for ${address}`, code))
      },
      onData(stream, session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            encrypted: session.secure,
            ...readMail(Buffer.concat(chunks).toString('latin1')),
          })
          done()
        })
      },
      ...options,
    })
  const start = async (port: number): Promise<SMTPServer> => {
    const server = make()
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
    return server
  }
  let server = await start(0)
  const { port } = server.server.address() as AddressInfo
  return {
    host: '127.0.0.1',
    port,
    ca: cert,
    username,
    password,
    mails: () => mails,
    async start() {
      server = await start(port)
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** One part of plain text [RFC 5322, RFC 2045, RFC 2047]. */
function readMail(raw: string): Pick<Mail, 'headers' | 'text'> {
  const split = raw.indexOf('\r\n\r\n')
  const headers: Record<string, string> = {}
  for (const line of raw
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = decodeWords(line.slice(colon + 1).trim())
  }
  const body = raw.slice(split + 4)
  const encoding = headers['content-transfer-encoding'] ?? '7bit'
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : Buffer.from(encoding === 'quoted-printable' ? unquote(body) : body, 'latin1')
  return { headers, text: bytes.toString('utf8').replaceAll('\r\n', '\n').replace(/\n$/, '') }
}

function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : Buffer.from(unquote(word.replaceAll('_', ' ')), 'latin1').toString('utf8'),
    )
}

function unquote(text: string): string {
  return text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
