import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login, RawClient } from '../helpers/mqtt-client.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import type { SmsGateway, TakenSms } from '../helpers/sms-gateway.ts'

/** Where the stories are played: the hub as it is now, and its provider. */
export interface Stage {
  readonly gateway: SmsGateway
  readonly hub: () => HubProcess
}

export interface ContactPhones {
  readonly anne: string
  readonly berit: string
  /** Of the staff: one phone for all homes. */
  readonly siv: string
}

/** A home, its gateway and the phones of its people. */
export interface StoryHome {
  readonly id: string
  readonly yaml: string
  /** What went to its people about it, attempts that were taken only, in their order. */
  taken(): readonly TakenSms[]
  /** Is this attempt about this home? */
  isOf(sms: TakenSms): boolean
  /** `anne`, of a number of this home. */
  nameOf(number: string): keyof ContactPhones
  /** Its sensor gateway connects; again after the hub came back. */
  connect(): Promise<void>
  say(kind: string, value: number | string | boolean, again: boolean): Promise<unknown>
  /** `1` or `2`, and the code of the newest message that has one. */
  answers(who: keyof ContactPhones, digit: '1' | '2'): Promise<unknown>
  writes(who: keyof ContactPhones, text: string): Promise<unknown>
  reports(who: keyof ContactPhones): Promise<unknown>
  resolve(): Promise<unknown>
  asksForCode(who: keyof ContactPhones): Promise<unknown>
  signsIn(who: keyof ContactPhones): Promise<unknown>
}

export const SIV = '+4790030000'

export function createStoryHome(stage: Stage, number: number): StoryHome {
  const { gateway, hub } = stage
  const id = `h-${number}`
  const phones: ContactPhones = {
    anne: `+479001${String(number).padStart(4, '0')}`,
    berit: `+479002${String(number).padStart(4, '0')}`,
    siv: SIV,
  }
  let login: Login | undefined
  let client: RawClient | undefined
  /** As MQTT has it: a packet that is sent again has the id of the first time. */
  const packets = new Map<string, number>()

  const isOwn = ({ to }: TakenSms): boolean => to === phones.anne || to === phones.berit
  /** Ids of its alerts, from the keys of messages: whoever of the staff is told of one, a contact was told first. */
  const alerts = (): ReadonlySet<string> =>
    new Set(gateway.taken().flatMap((sms) => (isOwn(sms) ? alertOf(sms) : [])))
  const isOf = (sms: TakenSms): boolean =>
    isOwn(sms) || (sms.to === SIV && alertOf(sms).some((one) => alerts().has(one)))
  const taken = (): readonly TakenSms[] => {
    const known = alerts()
    return gateway.taken().filter((sms) => isOwn(sms) || alertOf(sms).some((one) => known.has(one)))
  }
  const newestTo = (who: keyof ContactPhones, pattern: RegExp): RegExpExecArray => {
    const found = taken()
      .filter(({ to }) => to === phones[who])
      .map(({ text }) => pattern.exec(text))
      .findLast((match) => match !== null)
    if (!found) throw new Error(`${id}: ${who} has no message like ${pattern}`)
    return found
  }
  const post = async (who: keyof ContactPhones, form: Record<string, string>): Promise<Response> => {
    const [, path = ''] = newestTo(who, /https:\/\/hub\.example(\/d\/\S+)/)
    const body = new URLSearchParams(form)
    const answer = await fetch(`${hub().url}${path}`, { method: 'POST', body, redirect: 'manual' })
    if (answer.status !== 303) throw new Error(`The page behind the link answered ${answer.status}`)
    return answer
  }

  return {
    id,
    // Behind an address there is a link with a sign-in.
    yaml: `  - id: ${id}
    timezone: UTC
    address: Storgata 5
    sensors: [{ id: s1, profile: native }]
    contacts:
      - { id: anne, phone: "${phones.anne}", language: en, order: 1 }
      - { id: berit, phone: "${phones.berit}", language: en, order: 2, role: neighbour }
`,
    taken,
    isOf,
    nameOf: (of) => (of === phones.anne ? 'anne' : of === phones.berit ? 'berit' : 'siv'),
    async connect() {
      login ??= await hub().api<Login>('POST', `/api/homes/${id}/gateways`, {})
      client = await connectRaw(hub().mqttPort, login, { clientId: id })
    },
    async say(kind, value, again) {
      const dup = again && packets.has(kind)
      const messageId = packets.get(kind) ?? packets.size + 1
      packets.set(kind, messageId)
      client?.send(publishPacket(`homes/${id}/sensors/s1`, { kind, value }, { qos: 1, messageId, dup }))
      await client?.waitFor('puback', (packet) => packet.messageId === messageId, 60_000)
    },
    answers: (who, digit) => gateway.answer(phones[who], `${digit} ${newestTo(who, /\b1 (\d{4})\b/)[1]}`),
    writes: (who, text) => gateway.answer(phones[who], text),
    async reports(who) {
      const sms = taken().find(({ to }) => to === phones[who])
      if (!sms) throw new Error(`${id}: ${who} has no message`)
      await gateway.report(sms)
    },
    async resolve() {
      const [alert] = alerts()
      const path = `/api/alerts/${alert}`
      await hub()
        .api('POST', `${path}/resolve`, { cause: 'real', by: 'operator:ida' })
        .catch(async (cause: unknown) => {
          // Done before, by one who was not told so: the board shows it.
          const { alert: now } = await hub().api<{ alert: { handling: string } }>('GET', path)
          if (now.handling !== 'resolved') throw cause
        })
    },
    asksForCode: (who) => post(who, { do: 'send-code' }),
    async signsIn(who) {
      const [code] = newestTo(who, /^\d{6}/)
      const cookies = (await post(who, { do: 'sign-in', code })).headers.getSetCookie()
      if (!cookies.some((one) => one.startsWith('aal_link='))) throw new Error(`${id}: the code is not good`)
    },
  }
}

/** A key is (alert, step, recipient, channel); of letters none has an alert. */
function alertOf({ key }: TakenSms): string[] {
  const [alert = ''] = key.split('.')
  return alert.startsWith('letter-') ? [] : [alert]
}
