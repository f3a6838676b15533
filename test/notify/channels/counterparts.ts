import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { ChannelHook } from '../../../hub/notify/channel-hook.ts'
import type { Channel, DeliveryReport } from '../../../hub/notify/channel.ts'
import { createEmailChannel } from '../../../hub/notify/channels/email.ts'
import { createGammuChannel } from '../../../hub/notify/channels/gammu.ts'
import { createGammuSqliteChannel } from '../../../hub/notify/channels/gammu-sqlite.ts'
import { createHttpGatewayHooks } from '../../../hub/notify/channels/http-gateway-hooks.ts'
import { createHttpGateway } from '../../../hub/notify/channels/http-gateway.ts'
import type { HttpGatewayOptions } from '../../../hub/notify/channels/http-gateway.ts'
import { createKannelHooks } from '../../../hub/notify/channels/kannel-hooks.ts'
import { createKannelChannel, kannelInboundUrl } from '../../../hub/notify/channels/kannel.ts'
import { createPhoneChannel } from '../../../hub/notify/channels/phone.ts'
import { createTwilioHooks } from '../../../hub/notify/channels/twilio-hooks.ts'
import { createMemoryCalls, createTakeOnce } from '../../../hub/notify/take-once.ts'
import { createTwilioChannel } from '../../../hub/notify/channels/twilio.ts'
import { createWebhookChannel } from '../../../hub/notify/channels/webhook.ts'
import { startElksApi } from '../../helpers/elks-api.ts'
import { startGammu } from '../../helpers/gammu.ts'
import { prepareHooks } from '../../helpers/hook-server.ts'
import { startKannel } from '../../helpers/kannel.ts'
import { bodyOf, listen } from '../../helpers/listen.ts'
import { startMailServer } from '../../helpers/mail-server.ts'
import { startTwilioApi } from '../../helpers/twilio-api.ts'

/** A channel and the real thing that it talks to, for the suite that all of them pass. */
export interface Counterpart {
  readonly channel: Channel
  /** Whom it can reach. */
  readonly to: string
  /** Whom it cannot: refused without a try. */
  readonly bad: readonly string[]
  /** Whom the other side refuses for good. */
  readonly refused?: string
  /** In no error and no report. */
  readonly secrets: readonly string[]
  /** What has reached people; absent where nothing is kept. */
  readonly arrived?: () => readonly { readonly to: string; readonly text: string }[]
  /** The other side goes away, and comes back. */
  readonly down?: () => Promise<void>
  readonly up?: () => Promise<void>
  /** The same channel, with an other side that takes the connection and never answers. */
  readonly toSilence?: (port: number) => Channel
  /** The same channel with a wrong password. */
  readonly misconfigured?: Channel
  readonly hooks?: {
    readonly reports: readonly DeliveryReport[]
    readonly answers: readonly { readonly from: string; readonly text: string }[]
    /** The other side tells that this message was delivered; absent where it does so by itself. */
    readonly deliver?: (id: string) => Promise<unknown>
    readonly answer: (from: string, text: string) => Promise<unknown>
    /** Addresses that a stranger may try; none where there are none. */
    readonly urls: readonly string[]
  }
  stop(): Promise<void>
}

const PHONE = '+4790000001'
const NO_PHONES = ['', '+', '91234567', '+47 91234567', '+4791234567 +4791234568', 'Kari', '+47912\n34567']
const TOKEN = 'tøken-%A&/+-0123456789abcdef'

/** Something that takes connections and says nothing. */
export async function startSilence(): Promise<{ port: number; stop(): void }> {
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** What the other side of a channel can do, beside taking messages. */
export type Feature =
  | 'refuses'
  | 'goes away'
  | 'is silent'
  | 'wants a password'
  | 'calls back'
  /** Tells that a phone has a message; else what the network took is the last that is heard. */
  | 'tells of deliveries'

export const FEATURES: Readonly<Record<string, readonly Feature[]>> = {
  phone: [],
  kannel: ['goes away', 'is silent', 'wants a password', 'calls back', 'tells of deliveries'],
  gammu: ['goes away', 'calls back'],
  'gammu-sqlite': ['goes away', 'calls back', 'tells of deliveries'],
  twilio: ['refuses', 'goes away', 'is silent', 'wants a password', 'calls back', 'tells of deliveries'],
  http: ['refuses', 'goes away', 'is silent', 'wants a password', 'calls back', 'tells of deliveries'],
  email: ['refuses', 'goes away', 'is silent', 'wants a password'],
  webhook: ['refuses', 'goes away', 'is silent', 'wants a password'],
}

export const COUNTERPARTS: Readonly<Record<string, () => Promise<Counterpart>>> = {
  async phone() {
    return { channel: createPhoneChannel(), to: PHONE, bad: [], secrets: [], stop: async () => {} }
  },

  async kannel() {
    const hooks = await prepareHooks()
    const callback = { url: hooks.url, token: TOKEN }
    let kannel = await startKannel({ inboundUrl: kannelInboundUrl(callback) })
    const { sendUrl: url, username, password, from, port } = kannel
    const options = { url, username, password, from, callback }
    await hooks.start(
      createKannelHooks({
        channel: 'kannel',
        token: TOKEN,
        sink: hooks.sink,
        takeOnce: createTakeOnce('kannel', createMemoryCalls(), Date.now),
      }),
    )
    return {
      channel: createKannelChannel(options),
      to: PHONE,
      bad: NO_PHONES,
      secrets: [password, TOKEN],
      arrived: () => kannel.received().map(({ to, text }) => ({ to, text: readUcs2(text) })),
      down: () => kannel.stop(),
      async up() {
        kannel = await startKannel({ inboundUrl: kannelInboundUrl(callback), port })
      },
      toSilence: (silent) => createKannelChannel({ ...options, url: `http://127.0.0.1:${silent}/sms` }),
      misconfigured: createKannelChannel({ ...options, password: 'wrong' }),
      hooks: {
        reports: hooks.reports,
        answers: hooks.answers,
        answer: (sender, text) => kannel.answer(sender.slice(1), text),
        urls: forged(hooks.url, 'kannel'),
      },
      async stop() {
        await kannel.stop()
        await hooks.stop()
      },
    }
  },

  async gammu() {
    const gammu = await startGammu()
    const hooks = await prepareHooks()
    const channel = createGammuChannel({
      name: 'gammu',
      ...gammu,
      sink: hooks.sink,
      now: Date.now,
      warn: () => {},
      lookEvery: 50,
      patience: 3_000,
    })
    channel.start?.()
    return {
      channel,
      to: PHONE,
      bad: [...NO_PHONES, '../+4791234567', '+4791234567_x.txt'],
      secrets: [],
      arrived: gammu.transmitted,
      down: gammu.stop,
      up: gammu.start,
      hooks: {
        reports: hooks.reports,
        answers: hooks.answers,
        answer: async (sender, text) => gammu.answer(sender, ...(text.match(/[^]{1,60}/g) ?? [])),
        urls: [],
      },
      async stop() {
        await channel.stop?.()
        await gammu.stop()
      },
    }
  },

  async 'gammu-sqlite'() {
    const gammu = await startGammu('sqlite')
    const hooks = await prepareHooks()
    const channel = createGammuSqliteChannel({
      name: 'gammu-sqlite',
      database: gammu.database,
      reports: true,
      sink: hooks.sink,
      now: Date.now,
      warn: () => {},
      lookEvery: 50,
      patience: 3_000,
    })
    channel.start?.()
    return {
      channel,
      to: PHONE,
      bad: NO_PHONES,
      secrets: [],
      arrived: gammu.transmitted,
      down: gammu.stop,
      up: gammu.start,
      hooks: {
        reports: hooks.reports,
        answers: hooks.answers,
        deliver: (id) => gammu.reportOf(`aal ${id}`, PHONE, 'Delivered'),
        answer: async (sender, text) => gammu.answer(sender, ...(text.match(/[^]{1,60}/g) ?? [])),
        urls: [],
      },
      async stop() {
        await channel.stop?.()
        await gammu.stop()
      },
    }
  },

  async twilio() {
    const api = await startTwilioApi()
    const hooks = await prepareHooks()
    const { accountSid, authToken, from } = api
    const options = { name: 'twilio', accountSid, authToken, from, hubUrl: hooks.url, apiUrl: api.url }
    await hooks.start(
      createTwilioHooks({
        channel: 'twilio',
        authToken,
        hubUrl: hooks.url,
        sink: hooks.sink,
        takeOnce: createTakeOnce('twilio', createMemoryCalls(), Date.now),
      }),
    )
    return {
      channel: createTwilioChannel(options),
      to: PHONE,
      bad: NO_PHONES,
      refused: '+15005550001',
      secrets: [authToken],
      arrived: api.messages,
      down: api.stop,
      up: api.start,
      toSilence: (port) => createTwilioChannel({ ...options, apiUrl: `http://127.0.0.1:${port}` }),
      misconfigured: createTwilioChannel({ ...options, authToken: 'f'.repeat(32) }),
      hooks: {
        reports: hooks.reports,
        answers: hooks.answers,
        deliver: (id) => api.report(id, 'delivered'),
        answer: (sender, text) => api.inbound(`${hooks.url}/hooks/twilio/inbound`, sender, text),
        urls: forged(hooks.url, 'twilio'),
      },
      async stop() {
        await api.stop()
        await hooks.stop()
      },
    }
  },

  async http() {
    const api = await startElksApi()
    const hooks = await prepareHooks()
    const { username, password } = api
    const options: HttpGatewayOptions = {
      name: 'elks',
      request: {
        method: 'POST',
        url: `${api.url}/a1/sms`,
        headers: {},
        basic: { username, password },
        form: { from: '{secret.sender}', to: '{to}', message: '{text}', whendelivered: '{delivery}' },
      },
      secrets: { sender: 'AAL' },
      success: { status: [200], at: '/status', matches: '^(created|sent|delivered)$' },
      never: [{ status: [403], matches: '^Invalid to number' }],
      reference: { at: '/id' },
      callback: { url: hooks.url, token: TOKEN },
    }
    const fields: readonly ChannelHook[] = createHttpGatewayHooks({
      channel: 'elks',
      token: TOKEN,
      reports: { id: 'id', status: 'status', delivered: ['delivered'], failed: ['failed'] },
      inbound: { from: 'from', text: 'message' },
      takeOnce: createTakeOnce('elks', createMemoryCalls(), Date.now),
      sink: hooks.sink,
    })
    await hooks.start(fields)
    const inbound = `${hooks.url}/hooks/elks/inbound?${new URLSearchParams({ token: TOKEN })}`
    const at = (url: string): HttpGatewayOptions => ({ ...options, request: { ...options.request, url } })
    return {
      channel: createHttpGateway(options),
      to: PHONE,
      bad: NO_PHONES,
      refused: '+4700000009',
      secrets: [password, TOKEN],
      arrived: api.messages,
      down: api.stop,
      up: api.start,
      toSilence: (port) => createHttpGateway(at(`http://127.0.0.1:${port}/a1/sms`)),
      misconfigured: createHttpGateway({
        ...options,
        request: { ...options.request, basic: { username, password: 'wrong' } },
      }),
      hooks: {
        reports: hooks.reports,
        answers: hooks.answers,
        deliver: (id) => api.report(id, 'delivered'),
        answer: (sender, text) => api.inbound(inbound, sender, text),
        urls: forged(hooks.url, 'elks'),
      },
      async stop() {
        await api.stop()
        await hooks.stop()
      },
    }
  },

  async email() {
    const server = await startMailServer()
    const { host, port, ca, username, password } = server
    const options = {
      name: 'mail',
      host,
      port,
      tls: 'starttls' as const,
      ca,
      username,
      password,
      from: 'hub@example.no',
      fromName: 'Trygghetsvakta Ås',
    }
    return {
      channel: createEmailChannel(options),
      to: 'anne@example.no',
      bad: ['', 'kari', '@kari.no', 'kari@', 'kari@kari.no, per@kari.no', 'a@b.no\r\nBcc: x@y.no', PHONE],
      refused: 'unknown@example.no',
      secrets: [password],
      arrived: () => server.mails().map(({ to, text }) => ({ to: to.join(), text })),
      down: server.stop,
      up: server.start,
      toSilence: (silent) => createEmailChannel({ ...options, port: silent }),
      misconfigured: createEmailChannel({ ...options, password: 'wrong' }),
      stop: server.stop,
    }
  },

  async webhook() {
    const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`
    const verifier = new Webhook(secret)
    const got: { to: string; text: string }[] = []
    const receive = (port?: number) =>
      listen(async (request, response) => {
        if (request.method === 'HEAD') return response.writeHead(405).end()
        const body = await bodyOf(request)
        try {
          const { data } = verifier.verify(body, { ...request.headers } as Record<string, string>) as {
            data: { to: string; text: string }
          }
          if (data.to === 'gone') return response.writeHead(410).end('gone')
          got.push({ to: data.to, text: data.text })
          return response.writeHead(204).end()
        } catch {
          return response.writeHead(401).end('bad signature')
        }
      }, port)
    let server = await receive()
    const { url, port } = server
    const options = {
      name: 'ops',
      url: `${url}/alerts?key=hidden-key`,
      secret,
      giveUpAfter: 1e9,
      now: Date.now,
    }
    return {
      channel: createWebhookChannel(options),
      to: 'night-shift',
      bad: ['', 'a\nb', 'x'.repeat(201)],
      refused: 'gone',
      secrets: [secret.slice(6), 'hidden-key'],
      arrived: () => got,
      down: () => server.stop(),
      async up() {
        server = await receive(port)
      },
      toSilence: (silent) => createWebhookChannel({ ...options, url: `http://127.0.0.1:${silent}` }),
      misconfigured: createWebhookChannel({ ...options, secret: `whsec_${'B'.repeat(43)}=` }),
      stop: () => server.stop(),
    }
  },
}

/** Calls without proof, with a wrong one, and with one that could be guessed. */
function forged(url: string, channel: string): string[] {
  return ['delivery', 'inbound'].flatMap((name) =>
    ['', `?token=&id=1&type=1`, `?token=${TOKEN.length}&id=1&from=4790000001&text=1`].map(
      (query) => `${url}/hooks/${channel}/${name}${query}`,
    ),
  )
}

/** The fake SMS centre names no coding for the parts of a long SMS: UCS-2 then comes as bytes. */
function readUcs2(text: string): string {
  const isBytes = text.includes('\u0001')
  return isBytes ? Buffer.from(text, 'latin1').swap16().toString('utf16le') : text
}
