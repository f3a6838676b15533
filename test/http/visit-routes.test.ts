import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reading } from '../../hub/model/reading.ts'
import type { Certificate, Visit } from '../../hub/model/visit.ts'
import { isSealed } from '../../hub/office/seal-certificate.ts'
import { registerHub } from './register-hub.ts'
import type { Call, RegisterHub } from './register-hub.ts'

let own: RegisterHub
let ola: Call
let siv: Call
beforeAll(async () => {
  own = await registerHub()
  ola = own.person('ola', ['installer'])
  siv = own.person('siv', ['operator'])
})
afterAll(() => own.stop())

let made = 0

/** A home of its own for each test: a door, a button, and a plug of which nothing is asked. */
async function newHome(fields: object = {}): Promise<string> {
  const id = `v-${++made}`
  await ola('POST', '/api/register', {
    id,
    timezone: 'Europe/Oslo',
    label: 'Storgata 5',
    rooms: [{ id: 'hall', name: 'Gang' }],
    sensors: [
      { id: 'hall-door', profile: 'zigbee2mqtt-contact', room: 'hall', role: 'entrance' },
      { id: 'sos', profile: 'zigbee2mqtt-sos-button' },
    ],
    contacts: [{ id: 'anne', phone: '+4790000001' }],
    ...fields,
  })
  return id
}

const say = (home: string, sensor: string, kind: string, value: Reading['value'], more: object = {}) => {
  const now = own.hub.core.now()
  const reading = { home, sensor, kind, value, at: now, receivedAt: now }
  return own.hub.core.take({ type: 'reading', reading, ...more })
}
const cookieOf = (person: string): string => {
  const { people } = own.hub.office
  return `aal_session=${people.signIn(people.createSignInToken(person))?.session}`
}
const visit = async (home: string, call = ola) =>
  (await call('GET', `/api/homes/${home}/visit`)).json as Visit
const ask = (home: string, sensor: string, step: number) =>
  ola('POST', `/api/homes/${home}/visit/proofs`, { sensor, step })
const sensorOf = (of: Visit, id: string) => of.sensors.find(({ sensor }) => sensor === id)
const codes = ({ missing }: Visit) =>
  missing.map(({ code, sensor }) => (sensor === undefined ? code : `${code} ${sensor}`))
const service = async (home: string) => (await ola('GET', `/api/homes/${home}/service`)).json.state as string
const modes = (home: string) => own.hub.core.modes(home).map(({ mode }) => mode)

describe('POST /api/homes/:home/visit', () => {
  it('brings a planned home into commissioning and maintenance, and registers the phone of who does it', async () => {
    const id = await newHome()
    const answer = await ola('POST', `/api/homes/${id}/visit`, { phone: '+4790000021' })
    expect(answer).toMatchObject({ status: 200, json: { home: id, by: 'operator:ola' } })
    const now = own.hub.core.now()
    expect(answer.json.maintenanceUntil - now).toBeGreaterThan(119 * 60_000)
    expect(await service(id)).toBe('commissioning')
    expect(codes(answer.json)).toEqual(['unproven hall-door', 'unproven sos', 'no-alarm'])
    expect(own.hub.office.personal(id)?.contacts).toContainEqual(
      expect.objectContaining({ id: 'installer-ola', phone: '+4790000021' }),
    )
    // Somebody else joins the same one.
    const kai = own.person('kai', ['admin'])
    expect((await kai('POST', `/api/homes/${id}/visit`, {})).json).toMatchObject({
      id: answer.json.id,
      by: 'operator:ola',
    })
  })

  it('says what is wrong with a phone number at its field, and begins nothing', async () => {
    const id = await newHome()
    const answer = await ola('POST', `/api/homes/${id}/visit`, { phone: '900 00 021' })
    expect(answer).toMatchObject({ status: 422, json: { problems: [{ pointer: '/phone' }] } })
    expect(await service(id)).toBe('planned')
  })

  it('is for installers and admins, each change in the audit log', async () => {
    const id = await newHome()
    expect(await siv('POST', `/api/homes/${id}/visit`, {})).toMatchObject({ status: 403 })
    await ola('POST', `/api/homes/${id}/visit`, { phone: '+4790000021' })
    await ask(id, 'hall-door', 0)
    const audit = own.hub.office.audit.list({ limit: 5, whose: `home:${id}` })
    expect(audit.map(({ who, what, why }) => `${who} ${what} ${why ?? ''}`.trim())).toEqual([
      'person:ola visit.ask hall-door 0',
      'person:ola visit.start',
      'person:ola home.create home',
    ])
  })
})

describe('POST /api/homes/:home/visit/proofs', () => {
  it('is proven by the next reading that says it, with signal, battery and how it came', async () => {
    const id = await newHome()
    await ola('POST', `/api/homes/${id}/visit`, { phone: '+4790000021' })
    await say(id, 'hall-door', 'door', 'open', { qos: 0 })
    expect((await ask(id, 'hall-door', 0)).json.sensors[0]).toMatchObject({ state: 'asked' })
    await say(id, 'hall-door', 'door', 'closed', { qos: 0 })
    expect(sensorOf(await visit(id), 'hall-door')).toMatchObject({
      state: 'asked',
      warnings: [{ code: 'other-value' }],
    })
    await say(id, 'hall-door', 'door', 'open', { qos: 0 })
    await say(id, 'hall-door', 'battery', 97)
    await say(id, 'hall-door', 'link', 12)
    const door = sensorOf(await visit(id), 'hall-door')
    expect(door).toMatchObject({
      state: 'unproven',
      room: 'hall',
      roomName: 'Gang',
      role: 'entrance',
      battery: 97,
      signal: 12,
      steps: [{ ask: { nb: 'Åpne døren' }, value: 'open', qos: 0 }, { ask: { en: 'Close it' } }],
      warnings: [{ code: 'weak-signal' }],
    })
    await ask(id, 'hall-door', 1)
    await say(id, 'hall-door', 'door', 'closed')
    expect(sensorOf(await visit(id), 'hall-door')?.state).toBe('proven')
  })

  it('refuses what is not there', async () => {
    const id = await newHome()
    expect(await ask(id, 'hall-door', 0)).toMatchObject({ status: 409 })
    await ola('POST', `/api/homes/${id}/visit`, {})
    expect(await ask(id, 'hall-dor', 0)).toMatchObject({ status: 404 })
    expect(await ask(id, 'hall-door', 7)).toMatchObject({ status: 422 })
  })
})

describe('a whole visit', () => {
  it('ends with a certificate, the home in service and no longer in maintenance', async () => {
    const id = await newHome()
    await ola('POST', `/api/homes/${id}/visit`, { phone: '+4790000021' })
    for (const [step, value] of ['open', 'closed'].entries()) {
      await ask(id, 'hall-door', step)
      await say(id, 'hall-door', 'door', value)
    }
    await ask(id, 'sos', 0)
    await say(id, 'sos', 'sos', 'pressed')
    // Its alert is a test, and one that nobody has answered would count as real.
    expect(codes(await visit(id))).toEqual(['no-alarm', 'unanswered-tests'])
    expect(await ola('POST', `/api/homes/${id}/visit/alarm`, { how: 'hub' })).toMatchObject({ status: 409 })
    const force = { reason: 'the bus leaves' }
    expect(await ola('POST', `/api/homes/${id}/visit/finish`, { force })).toMatchObject({ status: 409 })
    const [test] = own.hub.core.openAlerts().filter((alert) => alert.home === id)
    await ola('POST', `/api/alerts/${test?.id}/acknowledge`, {})
    expect(await ola('POST', `/api/homes/${id}/visit/finish`, {})).toMatchObject({ status: 409 })

    const begun = await ola('POST', `/api/homes/${id}/visit/alarm`, { how: 'hub' })
    expect(begun).toMatchObject({ status: 200, json: { alarm: { how: 'hub', state: 'waiting' } } })
    const { alert } = (begun.json as Visit).alarm ?? {}
    expect(alert).not.toBe(test?.id)
    const [message] = own.hub.office.notificationsOf(alert ?? '')
    expect(message).toMatchObject({ contact: 'installer-ola', test: true, state: 'queued' })
    for (const to of ['accepted', 'delivered'] as const) {
      await own.hub.core.take({ type: 'delivery', notification: message?.id ?? '', to })
    }
    const { code } = own.hub.core.alert(alert ?? '') ?? {}
    await own.hub.office.takeAnswer('+4790000021', `JA ${code}`)
    const answered = await visit(id)
    expect(answered.alarm).toMatchObject({
      state: 'answered',
      via: 'sms',
      answeredBy: 'contact:installer-ola',
    })
    expect(answered.alarm?.legs.every(({ at, seconds }) => at !== undefined && seconds !== undefined)).toBe(
      true,
    )
    expect(codes(answered)).toEqual([])

    const done = await ola('POST', `/api/homes/${id}/visit/finish`, { note: 'Nøkkel hos naboen' })
    expect(done).toMatchObject({ status: 200, json: { missing: [] } })
    expect([await service(id), modes(id)]).toEqual(['active', []])
    expect(own.hub.core.openAlerts().filter((one) => one.home === id)).toEqual([])
    const { certificate, at } = (done.json as Visit).finished ?? {}
    expect(own.hub.office.visits.lastProof(id)).toMatchObject({ at, certificate })
    const list = await ola('GET', `/api/homes/${id}/certificates`)
    expect(list.json.certificates).toMatchObject([{ id: certificate, sensors: 2, proven: 2, forced: false }])
    const kept = await ola('GET', `/api/homes/${id}/certificates/${certificate}`)
    // What the API gives fits its fingerprint too: a print can be checked by whoever has it.
    expect(isSealed(kept.json as Certificate)).toBe(true)
    const pdf = await own.app.inject({
      url: `/api/homes/${id}/certificates/${certificate}/pdf?language=en`,
      headers: { cookie: cookieOf('ola') },
    })
    expect([pdf.statusCode, pdf.headers['content-type']]).toEqual([200, 'application/pdf'])
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')
    expect(kept.json).toMatchObject({ label: 'Storgata 5', note: 'Nøkkel hos naboen', by: 'operator:ola' })
  })
})

describe('the live stream', () => {
  it('says in whose visit something changed, at once, to those who see the home', async () => {
    const id = await newHome({ area: 'Alta' })
    await ola('POST', `/api/homes/${id}/visit`, {})
    await ask(id, 'hall-door', 0)
    const kai = own.person('kai-vadso', ['installer'], ['Vadsø'])
    expect(await kai('GET', `/api/homes/${id}/visit`)).toMatchObject({ status: 404 })
    const url = await own.app.listen({ host: '127.0.0.1', port: 0 })
    const [near, far] = await Promise.all(
      ['ola', 'kai-vadso'].map((person) =>
        fetch(`${url}/api/live`, { headers: { cookie: cookieOf(person) } }),
      ),
    )
    const events = near?.body?.pipeThrough(new TextDecoderStream()).getReader()
    await say(id, 'hall-door', 'door', 'open')
    let heard = ''
    while (!heard.includes('event: visit')) heard += (await events?.read())?.value ?? ''
    expect(heard).toMatch(new RegExp(`event: visit\\ndata: \\{"now":\\d+,"inHomes":\\["${id}"\\]\\}`))
    const others = far?.body?.pipeThrough(new TextDecoderStream()).getReader()
    const seen = (await others?.read())?.value ?? ''
    expect(seen).toContain('event: snapshot')
    expect(seen).not.toContain(id)
    await Promise.all([events?.cancel(), others?.cancel()])
  })
})
