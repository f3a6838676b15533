import { bodyOf, listen } from './listen.ts'
import { waitFor } from './wait-for.ts'

/** One attempt that the provider took: from here on a phone gets it, whatever the hub hears of it. */
export interface TakenSms {
  readonly channel: string
  /** The key that the hub gave with it: the same for every attempt at the same message. */
  readonly key: string
  readonly to: string
  readonly text: string
}

/** `hold`: the provider has it, and its answer does not come; `refuse`: it cannot take it now. */
export type Treatment = 'take' | 'hold' | 'refuse'

export interface SmsGateway {
  /** Text for `channels:` of a `hub.yaml`: one channel of type `http`, with reports and answers. */
  channelYaml(name: string): string
  /** In the order in which they came; an attempt whose answer was held is one of them. */
  taken(): readonly TakenSms[]
  /** Attempts that wait for their answer now, and attempts that were refused so far. */
  held(): readonly TakenSms[]
  refused(): readonly TakenSms[]
  /** Held ones of which the hub has given up to wait for the answer: as many as it may try again already. */
  givenUp(): number
  /** What becomes of the attempts from now on. */
  treat(how: (sms: TakenSms) => Treatment): void
  /** Which messages it tells of as delivered by itself, as soon as the hub knows that it took them. */
  reports(which: (sms: TakenSms) => boolean): void
  /** Tells of a delivery, once. */
  report(sms: TakenSms, status?: 'delivered' | 'failed'): Promise<void>
  /** An SMS comes from a phone: one call of the hub, which fails when the hub does not keep it. */
  answer(from: string, text: string): Promise<void>
  stop(): Promise<void>
}

const TOKEN = 'a-token-of-this-gateway-0123456789'
/** Other tests may have the machine. */
const SLOW = { timeout: 60_000 }

/**
 * A provider that the test has in its hand: it records each message with the hub's key of it, and can keep its answer
 * to itself, so that a crash falls exactly between "the provider has it" and "the hub knows that".
 * @param hubUrl where the hub is now
 */
export async function startSmsGateway(hubUrl: () => string): Promise<SmsGateway> {
  const taken: TakenSms[] = []
  const refused: TakenSms[] = []
  const held = new Set<TakenSms>()
  let givenUp = 0
  const deliveries = new Map<TakenSms, string>()
  let treatmentOf: (sms: TakenSms) => Treatment = () => 'take'
  let isReported: (sms: TakenSms) => boolean = () => true

  const call = async (path: string, form: Record<string, string>): Promise<void> => {
    const { status } = await fetch(`${hubUrl()}${path}`, { method: 'POST', body: new URLSearchParams(form) })
    if (status !== 200) throw new Error(`The hub answered ${status}`)
  }
  const report: SmsGateway['report'] = async (sms, status = 'delivered') => {
    const { pathname, search } = new URL(deliveries.get(sms) ?? '')
    await call(pathname + search, { status })
  }

  const server = await listen((request, response) => {
    void (async () => {
      const [, channel = ''] = (request.url ?? '').split('/')
      const form = new URLSearchParams(await bodyOf(request))
      const key = String(request.headers['idempotency-key'])
      const sms = { channel, key, to: form.get('to') ?? '', text: form.get('text') ?? '' }
      if (request.method !== 'POST') {
        response.end('up')
        return
      }
      const treatment = treatmentOf(sms)
      if (treatment === 'refuse') {
        refused.push(sms)
        response.writeHead(503).end()
        return
      }
      taken.push(sms)
      deliveries.set(sms, form.get('delivery') ?? '')
      if (treatment === 'hold') {
        held.add(sms)
        response.once('close', () => {
          held.delete(sms)
          givenUp++
        })
        return
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"taken"}')
      // Providers call again until they are heard.
      if (isReported(sms))
        await waitFor('the hub to hear of a delivery', () => report(sms).then(() => true), SLOW)
    })().catch(() => response.destroy())
  })

  return {
    channelYaml: (name) => `  - name: ${name}
    type: http
    request:
      url: ${server.url}/${name}/sms
      headers: { idempotency-key: "{id}" }
      form: { to: "{to}", text: "{text}", delivery: "{delivery}" }
    token: ${TOKEN}
    reports: { status: status, delivered: [delivered], failed: [failed] }
    inbound: { from: from, text: text }
`,
    taken: () => taken,
    held: () => [...held],
    refused: () => refused,
    givenUp: () => givenUp,
    treat: (how) => (treatmentOf = how),
    reports: (which) => (isReported = which),
    report,
    answer: (from, text) => call(`/hooks/first/inbound?token=${TOKEN}`, { from, text }),
    stop: () => server.stop(),
  }
}
