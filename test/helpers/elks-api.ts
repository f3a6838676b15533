import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, listen } from './listen.ts'

export interface ElksApi {
  readonly url: string
  readonly username: string
  readonly password: string
  messages(): readonly { readonly to: string; readonly text: string }[]
  /** Calls the `whendelivered` of the message of this notification. */
  report(notification: string, status: 'sent' | 'delivered' | 'failed'): Promise<Response>
  /** Calls the `sms_url` of a number for an SMS from a phone. */
  inbound(url: string, from: string, text: string): Promise<Response>
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * A provider for the HTTP gateway to talk to, after the public documentation of 46elks ("Send an SMS", "SMS
 * Delivery Reports", "Receive an SMS"): forms in, JSON out, errors as plain text.
 */
export async function startElksApi(): Promise<ElksApi> {
  const username = `u${randomBytes(8).toString('hex')}`
  const password = randomBytes(16).toString('hex').toUpperCase()
  const created: { id: string; to: string; text: string; callback: string | null }[] = []

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const refuse = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
    }
    if (request.url !== '/a1/sms' || request.method !== 'POST') return refuse(404, 'Not found')
    if (request.headers.authorization !== basic) return refuse(401, 'Unauthorized')
    const form = new URLSearchParams(await bodyOf(request))
    const [to, from, text] = [form.get('to'), form.get('from'), form.get('message')]
    if (to === null || from === null || text === null) return refuse(403, 'Missing key')
    if (to === '+4700000009') return refuse(403, `Invalid to number ${to}`)
    const id = `s${randomBytes(16).toString('hex')}`
    created.push({ id, to, text, callback: form.get('whendelivered') })
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        id,
        status: 'created',
        direction: 'outgoing',
        from,
        to,
        message: text,
        created: new Date().toISOString(),
        parts: 1,
        cost: 3500,
      }),
    )
  }

  const call = (url: string, form: Record<string, string>): Promise<Response> =>
    fetch(url, { method: 'POST', body: new URLSearchParams(form) })

  const start = (port?: number) =>
    listen((request, response) => void answer(request, response).catch(() => response.destroy()), port)
  let server = await start()
  const { url, port } = server
  return {
    url,
    username,
    password,
    messages: () => created.map(({ to, text }) => ({ to, text })),
    async report(notification, status) {
      const query = new URLSearchParams({ id: notification }).toString()
      const message = created.findLast(({ callback }) => callback?.includes(query))
      if (!message?.callback) throw new Error(`No message with a callback for ${notification}`)
      return await call(message.callback, {
        id: message.id,
        status,
        ...(status === 'delivered' && { delivered: new Date().toISOString() }),
      })
    },
    inbound: (hook, from, text) =>
      call(hook, {
        id: `s${randomBytes(16).toString('hex')}`,
        direction: 'incoming',
        from,
        to: '+4759440000',
        message: text,
        created: new Date().toISOString(),
      }),
    async start() {
      server = await start(port)
    },
    stop: () => server.stop(),
  }
}
