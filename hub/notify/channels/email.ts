import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import type { Channel, SendResult } from '../channel.ts'
import { reasonOf } from './provider-answer.ts'

export interface EmailOptions {
  readonly name: string
  readonly host: string
  readonly port: number
  /** `starttls` goes on only when the server offers it; `none` sends everything readable. */
  readonly tls: 'starttls' | 'tls' | 'none'
  /** Certificates (PEM) to trust beside the well-known ones. */
  readonly ca?: string
  readonly username?: string
  readonly password?: string
  readonly from: string
  readonly fromName?: string
}

const address = z.email()
/** Below the time that one attempt has, so that the server's own silence is told apart from ours. */
const PATIENCE = 7_000

/** Sends plain text by SMTP [RFC 5321]. */
export function createEmailChannel(options: EmailOptions): Channel {
  const { name, host, port, tls, ca, username, password, from, fromName } = options
  const server = `${host}:${port}`
  const transport = createTransport({
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(ca !== undefined && { tls: { ca } }),
    ...(username !== undefined && password !== undefined && { auth: { user: username, pass: password } }),
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  })

  return {
    name,
    kind: 'email',
    reports: false,
    async send({ id, to, subject, text }, signal) {
      if (!address.safeParse(to).success) {
        return { ok: false, retry: false, error: 'It is no e-mail address, such as anne@example.no' }
      }
      try {
        signal.throwIfAborted()
        const sent = await transport.sendMail({
          from: fromName === undefined ? from : { name: fromName, address: from },
          to: { name: '', address: to },
          subject: subject ?? firstLine(text),
          text,
          messageId: messageId(id, from),
          // So that no holiday notice comes back [RFC 3834, 5].
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        })
        return { ok: true, to: 'accepted', reference: sent.messageId }
      } catch (cause) {
        return signal.aborted
          ? { ok: false, retry: true, error: `The mail server ${server} gave no answer in time` }
          : readError(cause, server)
      }
    },
    async check(signal) {
      try {
        await Promise.race([transport.verify(), untilAborted(signal)])
        return { ok: true }
      } catch (cause) {
        const result = readError(cause, server)
        return signal.aborted || result.ok
          ? { ok: false, error: `The mail server ${server} gave no answer in time` }
          : { ok: false, error: result.error }
      }
    },
    async stop() {
      transport.close()
    },
  }
}

/** The same for every attempt: who gets a message twice can tell [RFC 5322, 3.6.4]. */
export function messageId(notification: string, from: string): string {
  const digest = createHash('sha256').update(notification).digest('hex').slice(0, 32)
  return `<${digest}@${from.slice(from.lastIndexOf('@') + 1)}>`
}

/** What nodemailer throws, without the server's words: they repeat the address. */
const smtpError = z.object({
  code: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
})

/** [RFC 5321, 4.2.1]: 4yz may go later, 5yz never; but the sender and the sign-in are put right by people. */
function readError(cause: unknown, server: string): SendResult {
  const { code, responseCode, command } = smtpError.catch({}).parse(cause)
  const failed = (retry: boolean, error: string): SendResult => ({ ok: false, retry, error })
  if (code === 'EAUTH' || command?.startsWith('AUTH')) {
    return failed(
      true,
      `The mail server ${server} refused the user name or password: check the configuration${said(responseCode)}`,
    )
  }
  if (code === 'ETLS') {
    return failed(true, `The mail server ${server} speaks no TLS that can be trusted: check tls and ca`)
  }
  if (responseCode !== undefined && responseCode >= 500) {
    if (command === 'RCPT TO' || command === 'DATA') {
      return failed(false, `The mail server ${server} will not take this message${said(responseCode)}`)
    }
    return failed(
      true,
      `The mail server ${server} refused the hub, check the configuration${said(responseCode)}`,
    )
  }
  if (responseCode !== undefined) {
    return failed(true, `The mail server ${server} cannot take it now${said(responseCode)}`)
  }
  return failed(true, `The mail server ${server} cannot be reached: ${code ?? reasonOf(cause)}`)
}

function said(responseCode: number | undefined): string {
  return responseCode === undefined ? '' : `: ${responseCode}`
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, 120)
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
  })
}
