import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FakesmscMessages } from './fakesmsc-message.ts'
import type { SentSms } from './fakesmsc-message.ts'
import { freePort } from './free-port.ts'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'
import { waitFor } from './wait-for.ts'

export interface KannelOptions {
  /**
   * Called (GET) for each SMS from a phone, with Kannel's escapes in it, such as
   * `http://127.0.0.1:8080/sms?token=…&from=%p&text=%a`: `%p` the sender, `%a` the text in UTF-8 with
   * runs of white space made one space, `%b` the text as it is.
   */
  readonly inboundUrl?: string
  /** Of the sendsms interface; a free one when not given. */
  readonly port?: number
  /** No SMS centre takes what goes to numbers that begin so. */
  readonly deniedPrefix?: string
}

export interface Kannel {
  /** `http://127.0.0.1:PORT/cgi-bin/sendsms`, which wants `username` and `password`. */
  readonly sendUrl: string
  readonly port: number
  /** Of bearerbox; wants the `password`. */
  readonly statusUrl: string
  readonly username: string
  readonly password: string
  /** The number that phones see and answer to. */
  readonly from: string
  /** What has reached the fake SMS centre so far. */
  received(): SentSms[]
  /** The first message, also of those already there, that the predicate takes. */
  waitForMessage(predicate: (message: SentSms) => boolean, timeout?: number): Promise<SentSms>
  /**
   * Sends one SMS from a phone, of one line. Resolves when Kannel has it; the inbound URL is called soon
   * after.
   */
  answer(from: string, text: string): Promise<void>
  /** The SMS centre goes away: Kannel still takes messages (202) and keeps them. */
  stopSmsc(): Promise<void>
  startSmsc(): Promise<void>
  stop(): Promise<void>
}

const USERNAME = 'hub'
const PASSWORD = 'kannel-password'
const FROM = '2000'

interface Ports {
  readonly admin: number
  readonly box: number
  readonly sendsms: number
  readonly smsc: number
  readonly phones: number
}

/** A real Kannel (bearerbox and smsbox) on loopback, with Kannel's fake SMS centre behind it. */
export async function startKannel(options: KannelOptions = {}): Promise<Kannel> {
  const ports: Ports = {
    admin: await freePort(),
    box: await freePort(),
    sendsms: options.port ?? (await freePort()),
    smsc: await freePort(),
    phones: await freePort(),
  }
  const config = join(tempDir('kannel'), 'kannel.conf')
  writeFileSync(config, configText(ports, options))
  const status = (): Promise<string> => statusText(ports.admin)
  const messages = new FakesmscMessages()
  let lastLineAt = 0
  let smsc: ServerProcess | undefined

  const startSmsc = async (): Promise<void> => {
    smsc ??= await startServer({
      name: 'fakesmsc',
      command: requireServer('fakesmsc'),
      // It wants a message to send, even when it is to send none (-m 0).
      args: ['-H', '127.0.0.1', '-r', String(ports.smsc), '-m', '0', '1 2 text none'],
      onLine: (line) => {
        lastLineAt = Date.now()
        messages.take(line)
      },
      ready: async () => /\[SMSC\].*\(online/.test(await status()),
    })
  }
  const stopSmsc = async (): Promise<void> => {
    await smsc?.stop()
    smsc = undefined
    // Until Kannel has noticed, it would write messages into the closed connection and call them delivered.
    await waitFor('Kannel to notice that the SMS centre is gone', async () => {
      return !/\[SMSC\].*\(online/.test(await status())
    })
  }

  const bearerbox = await startServer({
    name: 'bearerbox',
    command: requireServer('bearerbox'),
    args: ['-v', '1', config],
    ready: async () => (await status()).includes('Status: running'),
  })
  let smsbox: ServerProcess | undefined
  const stop = async (): Promise<void> => {
    await smsbox?.stop()
    await bearerbox.stop()
    await smsc?.stop()
  }
  try {
    smsbox = await startServer({
      name: 'smsbox',
      command: requireServer('smsbox'),
      args: ['-v', '1', config],
      ready: async () => {
        const refused = await fetch(`http://127.0.0.1:${ports.sendsms}/cgi-bin/sendsms`)
        return refused.status === 403 && /smsbox:.*\(on-line/.test(await status())
      },
    })
    await startSmsc()
  } catch (error) {
    await stop()
    throw error
  }

  let lastAnswer: Promise<void> = Promise.resolve()
  return {
    sendUrl: `http://127.0.0.1:${ports.sendsms}/cgi-bin/sendsms`,
    port: ports.sendsms,
    statusUrl: `http://127.0.0.1:${ports.admin}/status.txt`,
    username: USERNAME,
    password: PASSWORD,
    from: FROM,
    received: () => messages.messages(),
    waitForMessage: (predicate, timeout) =>
      waitFor(
        'an SMS to reach the fake SMS centre',
        // A text of several lines comes line by line: quiet means that the last one is there.
        () => Date.now() - lastLineAt >= 50 && messages.messages().find(predicate),
        { timeout },
      ),
    // One after the other: Kannel talks with one fake SMS centre on a port at a time.
    answer: (from, text) => (lastAnswer = lastAnswer.then(() => sendFromPhone(ports.phones, from, text))),
    startSmsc,
    stopSmsc,
    stop,
  }
}

async function sendFromPhone(port: number, from: string, text: string): Promise<void> {
  if (text.includes('\n')) throw new Error('Cannot send an SMS of several lines through fakesmsc')
  let sent = false
  const phone = await startServer({
    name: 'fakesmsc of a phone',
    command: requireServer('fakesmsc'),
    args: ['-H', '127.0.0.1', '-r', String(port), '-m', '1', `${from} ${FROM} text ${text}`],
    onLine: (line) => {
      sent ||= line.includes('fakesmsc: sent message 1')
    },
    ready: () => sent,
  })
  await phone.stop()
}

async function statusText(adminPort: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/status.txt?password=${PASSWORD}`)
  return await response.text()
}

/**
 * Two fake SMS centres, because each takes one connection: SMSC gets what is sent; PHONES, to which nothing
 * is routed (`allowed-smsc-id`), is where phones answer.
 */
function configText(ports: Ports, { inboundUrl, deniedPrefix }: KannelOptions): string {
  const inbound =
    inboundUrl === undefined ? 'text = "nobody listens"' : `get-url = "${inboundUrl.replaceAll('"', '%22')}"`
  return `
group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = ${PASSWORD}
status-password = ${PASSWORD}
smsbox-port = ${ports.box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = SMSC
port = ${ports.smsc}
connect-allow-ip = 127.0.0.1
${deniedPrefix === undefined ? '' : `denied-prefix = "${deniedPrefix}"`}

group = smsc
smsc = fake
smsc-id = PHONES
allowed-smsc-id = NOTHING
port = ${ports.phones}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${ports.box}
sendsms-port = ${ports.sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 60
http-queue-delay = 1

group = sendsms-user
username = ${USERNAME}
password = ${PASSWORD}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
${inbound}
`
}
