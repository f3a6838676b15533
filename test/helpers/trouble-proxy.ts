import { request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { bytesOf, listen } from './listen.ts'

/** What becomes of requests that go through. */
export type Trouble =
  | { readonly is: 'none' }
  /** Passed on after a while. */
  | { readonly is: 'slow'; readonly ms: number }
  /** Answered here: nothing is passed on. */
  | { readonly is: 'answers'; readonly status: number; readonly body: string; readonly after?: number }
  /** Taken, and never answered: a connection whose other end is gone. */
  | { readonly is: 'silent' }
  /** Passed on and done; the answer does not come back. */
  | { readonly is: 'lost-answer' }
  /** Reset before it is read. */
  | { readonly is: 'reset' }

export interface TroubleProxy {
  readonly url: string
  /** Requests that met the trouble since it was set. */
  met(): number
  /** From now on. What is silent ends with it. */
  make(trouble: Trouble): void
  leadTo(url: string): void
  stop(): Promise<void>
}

/** An HTTP proxy before a real server, which makes trouble as told. */
export async function startTroubleProxy(
  target: string,
  isMeant: (request: IncomingMessage) => boolean = () => true,
): Promise<TroubleProxy> {
  let to = target
  let trouble: Trouble = { is: 'none' }
  let met = 0
  const silent = new Set<ServerResponse>()

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const now: Trouble = isMeant(incoming) ? trouble : { is: 'none' }
    if (now.is !== 'none') met++
    if (now.is === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    const body = await bytesOf(incoming)
    if (now.is === 'silent') {
      silent.add(outgoing)
      return
    }
    if (now.is === 'answers') {
      await delay(now.after ?? 0)
      outgoing.writeHead(now.status, { 'content-type': 'text/plain' }).end(now.body)
      return
    }
    if (now.is === 'slow') await delay(now.ms)
    const { status, headers, text } = await passOn(to, incoming, body)
    if (now.is === 'lost-answer') outgoing.destroy()
    else outgoing.writeHead(status, headers).end(text)
  }

  const server = await listen((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
  return {
    url: server.url,
    met: () => met,
    make(next) {
      trouble = next
      met = 0
      for (const one of silent) one.destroy()
      silent.clear()
    },
    leadTo: (url) => void (to = url),
    stop: () => server.stop(),
  }
}

function passOn(to: string, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: Record<string, string>; text: Buffer }>((fulfil, reject) => {
    const { method = 'GET', url = '/', headers } = incoming
    const outgoing = request(new URL(url, to), { method, headers, agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const { 'transfer-encoding': _, ...kept } = answer.headers
        fulfil({
          status: answer.statusCode ?? 502,
          headers: Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)])),
          text: Buffer.concat(parts),
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
