import { freePort } from '../helpers/free-port.ts'
import { startGammu } from '../helpers/gammu.ts'
import { startKannel } from '../helpers/kannel.ts'

/** A real way to phones, with pretended phones at its end. */
export interface SmsCarrier {
  /** Text for `channels:` of a `hub.yaml`. */
  readonly yaml: string
  /** Where the hub must listen for it. */
  readonly httpPort: number
  /** It tells of no deliveries: what it took is all that the hub hears. */
  readonly isSilent?: true
  /** What has reached phones so far, in order, by what stands at the far end. */
  arrived(): readonly { readonly to: string; readonly text: string }[]
  answer(from: string, text: string): Promise<void>
  /** The mobile network behind it goes away, and comes back; it takes messages all the same. */
  lose(): Promise<void>
  find(): Promise<void>
  stop(): Promise<void>
}

/** Numbers that begin so can receive nothing. */
export const DEAD_PREFIX = '+47999'
const SECRET = 'a-secret-of-this-test-0123456789'

/** A real Kannel with fakesmsc in both directions. */
export async function kannelCarrier(): Promise<SmsCarrier> {
  const httpPort = await freePort()
  const kannel = await startKannel({
    inboundUrl: `http://127.0.0.1:${httpPort}/hooks/kannel/inbound?from=%p&text=%a&token=${SECRET}`,
    deniedPrefix: DEAD_PREFIX,
  })
  const { sendUrl, username, password, from } = kannel
  return {
    yaml: `  - { name: kannel, type: kannel, url: "${sendUrl}", username: ${username}, password: ${password}, from: "${from}", secret: ${SECRET} }\n`,
    httpPort,
    arrived: () => kannel.received(),
    answer: (phone, text) => kannel.answer(phone, text),
    lose: () => kannel.stopSmsc(),
    find: () => kannel.startSmsc(),
    stop: () => kannel.stop(),
  }
}

/** A real gammu-smsd with Gammu's dummy modem. */
export async function gammuCarrier(service: 'files' | 'sqlite'): Promise<SmsCarrier> {
  const gammu = await startGammu(service)
  const how =
    service === 'files'
      ? `type: gammu, spool: "${gammu.inbox}/.."`
      : `type: gammu-sqlite, database: "${gammu.database}", reports: false`
  return {
    yaml: `  - { name: modem, ${how} }\n`,
    isSilent: true,
    httpPort: await freePort(),
    arrived: () => gammu.transmitted(),
    answer: async (phone, text) => gammu.answer(phone, text),
    lose: () => gammu.stop(),
    find: () => gammu.start(),
    stop: () => gammu.stop(),
  }
}
