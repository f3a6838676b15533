import { createHash, createHmac } from 'node:crypto'
import type { Channel, Message, SendResult } from '../channel.ts'
import { unreachable } from './provider-answer.ts'

export interface WebhookOptions {
  readonly name: string
  readonly url: string
  /** `whsec_` and base64 of 24 to 64 bytes. */
  readonly secret: string
  /** Milliseconds since a notification was queued after which it is given up. */
  readonly giveUpAfter: number
  readonly now: () => number
}

const DAY = 86_400_000

/**
 * Posts messages to a program of somebody else's, signed as Standard Webhooks 1.0.0 has it ("Signature
 * scheme"): HMAC-SHA256 over `id.timestamp.body`. 2xx is taken, 410 says that nobody listens there any more,
 * all else is tried again until it is given up.
 */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const { name, url, now, giveUpAfter } = options
  const key = keyOf(options.secret)
  const { host } = new URL(url)
  const failed = (retry: boolean, error: string): SendResult => ({ ok: false, retry, error })

  return {
    name,
    kind: 'webhook',
    reports: false,
    async send(message, signal) {
      if (!/^[^\p{Cc}]{1,200}$/u.test(message.to)) return failed(false, 'It names nobody to be told')
      const sentAt = now()
      if (message.queuedAt !== undefined && sentAt - message.queuedAt > giveUpAfter) {
        return failed(false, `Given up: ${host} did not take it within ${Math.round(giveUpAfter / DAY)} days`)
      }
      const body = bodyOf(message, sentAt)
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...signed(message.id, sentAt, body, key) },
          body,
          signal,
          redirect: 'manual',
        })
        await response.body?.cancel()
        if (response.ok) return { ok: true, to: 'accepted' }
        if (response.status === 410) return failed(false, `${host} wants no more messages: 410`)
        return failed(true, `${host} did not take it: ${response.status}`)
      } catch (cause) {
        return failed(true, unreachable(host, cause, signal))
      }
    },
    async check(signal) {
      try {
        // That it answers is enough: what it answers to a request without a message is its own affair.
        const response = await fetch(url, { method: 'HEAD', signal, redirect: 'manual' })
        await response.body?.cancel()
        return response.status < 500
          ? { ok: true }
          : { ok: false, error: `${host} answers ${response.status}` }
      } catch (cause) {
        return { ok: false, error: unreachable(host, cause, signal) }
      }
    },
  }
}

/**
 * The bytes of a `whsec_` secret.
 * @throws Error when it is none, or shorter than the 24 bytes that the standard asks for
 */
export function keyOf(secret: string): Buffer {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  if (!/^whsec_[A-Za-z0-9+/]+=*$/.test(secret) || bytes.length < 24 || bytes.length > 64) {
    throw new Error(
      'is no secret for webhooks, expected whsec_ and base64 of 24 to 64 bytes: echo "whsec_$(openssl rand -base64 32)"',
    )
  }
  return bytes
}

function bodyOf({ id, to, subject, text, facts }: Message, sentAt: number): string {
  return JSON.stringify({
    type: 'notification',
    timestamp: new Date(sentAt).toISOString(),
    data: { id, to, ...(subject !== undefined && { subject }), text, ...(facts && { facts }) },
  })
}

/** The id is the same for every attempt, so that receivers can tell a repetition; it may hold no dot. */
function signed(notification: string, now: number, body: string, key: Buffer): Record<string, string> {
  const id = `msg_${createHash('sha256').update(notification).digest('hex').slice(0, 32)}`
  const timestamp = String(Math.floor(now / 1000))
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
