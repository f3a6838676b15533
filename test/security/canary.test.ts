import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino, stdSerializers } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { createHistoryReads } from '../../hub/database/history-reads.ts'
import { linesOf } from '../../hub/history/line-protocol.ts'
import { pointsOf } from '../../hub/history/points.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { bodyOf, listen } from '../helpers/listen.ts'
import { connectPacket, connectRaw, openRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** What stands in the registry about people, and nowhere else. Each is a word that nothing else would write. */
const PERSONAL = {
  label: 'Kanariveien 5',
  address: 'Kanarigata 17, 9950',
  keySafe: '0417#9',
  where: 'bak kanaritønna',
  access: 'Hunden heter Kanaribella',
  resident: 'Kari Kanarinordmann',
  contact: 'Anne Kanaridatter',
  alias: 'Kanarimor',
  phone: '+4790012345',
  email: 'anne@kanari.example',
  tag: 'kanari-demens',
}
const DIGITS = PERSONAL.phone.slice(3)
const SECRETS = {
  channelPassword: 'kanari-channel-password',
  hookToken: 'kanari-hook-token-0123456789',
  wrongHookToken: 'kanari-wrong-hook-token',
  personPassword: 'tung kanari sang 1917',
  wrongPassword: 'kanari wrong password',
}
/** Words that came from outside: an SMS, a payload that nobody can read. */
const WORDS = { sms: 'kanari kommer snart', payload: 'kanari in a payload' }

const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    label: ${PERSONAL.label}
    tags: [${PERSONAL.tag}]
    address: ${PERSONAL.address}
    keySafe: { code: "${PERSONAL.keySafe}", where: ${PERSONAL.where} }
    access: ${PERSONAL.access}
    residents: [{ id: r1, name: ${PERSONAL.resident} }]
    sensors: [{ id: fall-1, profile: native, room: bathroom, resident: r1 }]
    contacts:
      - { id: daughter, name: ${PERSONAL.contact}, phone: "${PERSONAL.phone}", email: ${PERSONAL.email}, language: nb, alias: ${PERSONAL.alias} }
`

let hub: RunningHub
let log = ''
let metrics = ''
/** What became known only while the hub ran: passwords, tokens, links, by what they are. */
const made: Record<string, string> = {}
const data = join(tempDir('canary'), 'data')

/** A hub that is used by everybody, rightly and wrongly, beside a provider that repeats all it is told. */
beforeAll(async () => {
  await using stack = new AsyncDisposableStack()
  const texts: string[] = []
  const provider = await listen(async (request, response) => {
    const body = await bodyOf(request)
    const text = new URLSearchParams(body).get('message') ?? ''
    texts.push(text)
    response.writeHead(500, { 'content-type': 'text/plain' })
    response.end(`Refused ${body} ${request.headers.authorization ?? ''} ${SECRETS.channelPassword}`)
  })
  stack.defer(() => provider.stop())
  const config = parseConfig(
    'hub.yaml',
    `data: ${data}
mqtt: { port: 0 }
http: { port: 0, url: "https://hub.example.no" }
messages: { links: { sms: always } }
channels:
  - name: elks
    type: http
    request:
      url: ${provider.url}/sms
      basic: { username: aal, password: ${SECRETS.channelPassword} }
      form: { to: "{to}", message: "{text}" }
    success: { at: /status, matches: ^created$ }
    never: [{ status: [403], matches: Refused }]
    token: ${SECRETS.hookToken}
    inbound: { from: from, text: text }
`,
  )
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  // Everything that is logged, without the redaction that createLog adds.
  const stream = { write: (line: string) => void (log += line) }
  const logger = pino({ level: 'trace', serializers: { err: stdSerializers.errWithCause } }, stream)
  hub = await startHub({ config: config.value, log: logger, onFailure: () => {} })
  const { url = '', mqttPort = 0, admin, office } = hub

  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
    const answer = await admin.inject({ method, url: path, ...(payload && { payload }) })
    expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBeLessThan(300)
    return answer.json<Record<string, string>>()
  }
  await ask('POST', '/api/homes', { text: HOMES })
  const login = (await ask('POST', '/api/homes/h-1/gateways', {})) as unknown as Login
  made['gateway password'] = login.password

  // The gateway, rightly, with a wrong password, and with name and password the wrong way round.
  const gateway = await connectRaw(mqttPort, login)
  for (const wrong of [
    { username: login.username, password: SECRETS.wrongPassword },
    { username: login.password, password: login.username },
  ]) {
    const client = await openRaw(mqttPort)
    client.send(connectPacket(wrong))
    await client.waitForClose()
  }
  // A topic can say anything: a name, a number, signs that steer a terminal.
  gateway.send(publishPacket(`homes/${PERSONAL.resident}/\u009b2J/${DIGITS}`, '1', { qos: 1, messageId: 7 }))
  const filter = `homes/+/${PERSONAL.contact}/${SECRETS.wrongPassword}/#`
  gateway.send({ cmd: 'subscribe', messageId: 8, subscriptions: [{ topic: filter, qos: 0 }] })
  await gateway.waitFor('suback')
  gateway.send(publishPacket('homes/h-1/sensors/fall-1', WORDS.payload, { qos: 1, messageId: 1 }))
  const fall = { kind: 'fall', value: 'detected' }
  gateway.send(publishPacket('homes/h-1/sensors/fall-1', fall, { qos: 1, messageId: 2 }))
  const text = await waitFor('the message', () => texts.find((one) => one.includes('/a/')))
  expect(text).toContain(PERSONAL.alias)
  made['message'] = text
  made['link'] = /\/a\/([\w-]{22})/.exec(text)?.[1] ?? ''

  // What the provider calls, with and without the right token, and a stranger's SMS.
  const inbound = (from: string, token: string) =>
    fetch(`${url}/hooks/elks/inbound?token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ from, text: WORDS.sms }).toString(),
    })
  expect((await inbound(PERSONAL.phone, SECRETS.wrongHookToken)).status).toBe(403)
  expect((await inbound(PERSONAL.phone, SECRETS.hookToken)).status).toBe(200)
  expect((await inbound('+4799912345', SECRETS.hookToken)).status).toBe(200)

  // People and programs.
  const change = { 'x-aal': '1', 'content-type': 'application/json' }
  const post = (path: string, body: object, headers = {}) =>
    fetch(url + path, { method: 'POST', headers: { ...change, ...headers }, body: JSON.stringify(body) })
  office.people.add({ id: 'siv', roles: ['operator', 'admin'], areas: 'all' })
  const link = office.people.createSignInToken('siv')
  made['sign-in link'] = link
  const signedIn = await post('/api/session', { token: link })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  made['session'] = cookie.split('=')[1] ?? ''
  await office.people.setPassword('siv', SECRETS.personPassword)
  await post('/api/session', { person: 'siv', password: SECRETS.wrongPassword })
  await post('/api/session', { person: SECRETS.personPassword, password: 'siv' })
  await post('/api/session', { token: link })
  const token = await ask('POST', '/api/tokens', { name: 'grafana', scopes: ['read:alerts'], areas: 'all' })
  made['access token'] = token['token'] ?? ''
  for (const given of [made['access token'], `${made['access token']}x`]) {
    await fetch(`${url}/api/alerts?token=${given}`, { headers: { authorization: `Bearer ${given}` } })
  }
  await ask('POST', '/api/homes/h-1/reveal', { reason: 'canary' })
  await fetch(`${url}/a/${made['link']}`)
  const press = (what: string) =>
    fetch(`${url}/a/${made['link']}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `do=${what}`,
      redirect: 'manual',
    })
  expect((await press('take')).status).toBe(303)
  metrics = await (await fetch(`${url}/metrics`)).text()
  // The core fails under a page: what failed is logged.
  hub.core.stop()
  expect((await press('cannot')).status).toBe(500)
  gateway.destroy()
})
afterAll(() => hub.stop())

const everything = (): [string, string][] =>
  Object.entries({ ...PERSONAL, digits: DIGITS, stranger: '99912345', ...SECRETS, ...WORDS, ...made })

/** The canaries that are found in a text, by their names. */
const foundIn = (text: string): string[] =>
  everything().flatMap(([name, canary]) => (canary === '' || text.includes(canary) ? [name] : []))

describe('of everybody who was told, signed in, called or was called', () => {
  it('the log holds no secret, phone number, name or word of theirs', () => {
    // It does say what happened.
    const said = ['connection refused', 'Messages cannot be sent', 'An SMS came that is no answer']
    expect(log).toContain('homes/…/…/…')
    expect(log).toContain('homes/+/…/…/#')
    expect(log).not.toMatch(/[^\P{Cc}\n]/u)
    for (const words of [...said, 'What was asked by a link failed']) expect(log).toContain(words)
    expect(foundIn(log)).toEqual([])
  })

  it('the metrics hold none, nor the id of a home or gateway', () => {
    expect(metrics).toContain('aal_unknown_answers_total 1')
    expect(metrics).toContain('aal_hook_refusals_total{channel="elks"} 1')
    expect(foundIn(metrics)).toEqual([])
    expect(metrics).not.toMatch(/"(?:h-1|gw-[^"]*|siv|daughter)"/)
  })

  it('the points for InfluxDB hold none', () => {
    const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
    const entries = createHistoryReads(db).after(0, 1000)
    const lines = linesOf(entries.flatMap((entry) => pointsOf(entry, () => 'bathroom').points))
    db.close()
    expect(lines).toMatch(/^fall,home=h-1,room=bathroom,sensor=fall-1 /m)
    expect(lines).toMatch(/^alert,.*rule=fall/m)
    expect(foundIn(lines)).toEqual([])
  })

  it('only the registry of the database holds what is personal, and nothing of it a secret as it was given', () => {
    const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as {
      name: string
    }[]
    const found = Object.fromEntries(
      tables.flatMap(({ name }) => {
        const text = JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all())
        const names = foundIn(text)
        return names.length === 0 ? [] : [[name, names]]
      }),
    )
    db.close()
    expect(found).toEqual({
      home: expect.arrayContaining(Object.keys(PERSONAL)) as string[],
      // A payload that nobody could read is kept, so that somebody can; of an alarm sensor with its alert.
      journal: ['payload'],
      alert: ['payload'],
    })
    expect(found['home']?.filter((name) => name in SECRETS || name in made)).toEqual([])
  })
})
