import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const ANY = { 'if-match': '*' }
let made = 0

/** A home of its own for each test. */
async function newHome(fields: object = {}): Promise<string> {
  const id = `t-${++made}`
  const answer = await ola('POST', '/api/register', {
    id,
    timezone: 'Europe/Oslo',
    label: 'Storgata 5',
    residents: [{ id: 'r1', name: 'Kari Nordmann' }],
    sensors: [{ id: 'hall-door', profile: 'zigbee2mqtt-contact', room: 'hall' }],
    contacts: [{ id: 'anne', name: 'Anne', phone: '+4790000001' }],
    ...fields,
  })
  expect(answer).toMatchObject({ status: 201, json: { home: id } })
  return id
}

const register = async (home: string, call = ola) => (await call('GET', `/api/homes/${home}/register`)).json
const audit = (home: string) =>
  own.hub.office.audit
    .list({ limit: 50, whose: `home:${home}` })
    .map(({ who, what, why }) => `${who} ${what}${why === undefined ? '' : `: ${why}`}`)

describe('POST /api/register', () => {
  it('creates a home, planned, with what was typed, through the stream and in the audit log', async () => {
    const id = await newHome()
    const read = await register(id)
    expect(read).toMatchObject({
      home: id,
      fields: { timezone: 'Europe/Oslo', label: 'Storgata 5' },
      service: { state: 'planned', note: { by: 'operator:ola', via: 'console' } },
      residents: [{ id: 'r1', name: 'Kari Nordmann' }],
      contacts: [{ id: 'anne', phone: '+4790000001' }],
      rooms: [{ id: 'hall', sensors: ['hall-door'] }],
      sensors: [{ id: 'hall-door', profile: 'zigbee2mqtt-contact', room: 'hall' }],
    })
    expect(audit(id)).toEqual(['person:ola register.read', 'person:ola home.create: home'])
  })

  it('says everything that is wrong at once, each at its field', async () => {
    const answer = await ola('POST', '/api/register', {
      id: 'h 1',
      timezone: 'Europe/Olso',
      labell: 'x',
      contacts: [{ id: 'anne', phone: '900 00 001' }],
    })
    expect(answer.status).toBe(422)
    const problems = new Map(
      (answer.json.problems as { pointer: string; message: string; suggestion?: string }[]).map((one) => [
        one.pointer,
        one,
      ]),
    )
    expect([...problems.keys()].toSorted()).toEqual(['/contacts/0/phone', '/id', '/labell', '/timezone'])
    expect(problems.get('/timezone')?.message).toContain('did you mean "Europe/Oslo"?')
    expect(problems.get('/contacts/0/phone')?.suggestion).toBe('+47 900 00 001')
  })

  it('says which profile there is instead of an unknown one, where it was typed', async () => {
    const sensors = [{ id: 'a', profile: 'zigbee2mqtt-contct' }]
    const answer = await ola('POST', '/api/register', { timezone: 'Europe/Oslo', sensors })
    expect(answer).toMatchObject({ status: 422, json: { problems: [{ pointer: '/sensors/0/profile' }] } })
    expect(answer.json.detail).toContain('did you mean "zigbee2mqtt-contact"?')
  })

  it('makes an id, and the same request again makes no second home', async () => {
    const body = { timezone: 'Europe/Oslo', label: 'Twice' }
    const once = { 'idempotency-key': 'form-0001' }
    const [first, again] = [
      await ola('POST', '/api/register', body, once),
      await ola('POST', '/api/register', body, once),
    ]
    expect(first.status).toBe(201)
    expect(again).toMatchObject({ status: 201, json: first.json })
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect((await ola('GET', '/api/register?text=twice')).json.homes).toHaveLength(1)
    expect((await ola('POST', '/api/register', { ...body, label: 'Other' }, once)).status).toBe(422)
  })

  it('does it once where the second comes while the first is on its way', async () => {
    const body = { timezone: 'Europe/Oslo', label: 'At once' }
    const once = { 'idempotency-key': 'form-0002' }
    const both = await Promise.all([1, 2].map(() => ola('POST', '/api/register', body, once)))
    expect(both[0]!.json.home).toBe(both[1]!.json.home)
    expect((await ola('GET', '/api/register?text=at+once')).json.homes).toHaveLength(1)
  })

  it('keeps to the areas of who creates it, and does not tell of homes elsewhere', async () => {
    const inAlta = own.person('alta', ['installer'], ['Alta'])
    const id = await newHome({ area: 'Vardø' })
    expect(await inAlta('POST', '/api/register', { timezone: 'Europe/Oslo', area: 'Vardø' })).toMatchObject({
      status: 422,
      json: { problems: [{ pointer: '/area' }] },
    })
    expect((await inAlta('GET', `/api/homes/${id}/register`)).status).toBe(404)
    expect((await inAlta('PATCH', `/api/homes/${id}`, { label: 'x' }, ANY)).status).toBe(404)
    expect((await inAlta('GET', '/api/register?text=storgata')).json.homes).toEqual([])
    expect(
      (await inAlta('POST', '/api/register', { id, timezone: 'Europe/Oslo', area: 'Alta' })).json.detail,
    ).toContain('this id is taken')
  })
})

describe('the register of a home', () => {
  it('is not shown to operators, who have the reveal with a reason', async () => {
    const id = await newHome()
    expect((await siv('GET', `/api/homes/${id}/register`)).status).toBe(403)
  })

  it('shows where the key safe hangs, and never its code', async () => {
    const id = await newHome({ keySafe: { code: '0417', where: 'left of the door' } })
    expect((await register(id)).fields.keySafe).toEqual({ where: 'left of the door' })
    await ola('PATCH', `/api/homes/${id}`, { keySafe: { where: 'right' } }, ANY)
    expect(own.hub.office.personal(id)?.way?.keySafe).toEqual({ code: '0417', where: 'right' })
  })

  it.each([
    ['residents', { id: 'r2', name: 'Per' }, { name: 'Per Olav' }, 'resident'],
    ['contacts', { id: 'son', phone: '+47 900 00 002' }, { alias: 'Far', order: 2 }, 'contact'],
    ['rooms', { id: 'kitchen', name: 'Kjøkken' }, { name: 'Kjøkkenet' }, 'room'],
    [
      'sensors',
      { id: 'sos-1', profile: 'zigbee2mqtt-sos-button', resident: 'r1' },
      { room: 'hall' },
      'sensor',
    ],
  ])(
    'adds, changes and removes one of the %s, and the audit log names the fields',
    async (part, entry, fields, name) => {
      const id = await newHome()
      const url = `/api/homes/${id}/${part}`
      const added = await ola('POST', url, entry)
      expect(added).toMatchObject({ status: 201, json: { id: entry.id, changed: [`${part}/${entry.id}`] } })
      const seen = { 'if-match': `"${added.json.revision}"` }
      const changed = await ola('PATCH', `${url}/${entry.id}`, fields, seen)
      expect(changed.status).toBe(200)
      expect((await register(id))[part].find((one: { id: string }) => one.id === entry.id)).toMatchObject(
        fields,
      )
      expect((await ola('DELETE', `${url}/${entry.id}`, undefined, ANY)).status).toBe(200)
      expect((await register(id))[part].map((one: { id: string }) => one.id)).not.toContain(entry.id)
      expect(audit(id).filter((line) => line.includes(` ${name}.`))).toEqual([
        `person:ola ${name}.remove: ${part}/${entry.id}`,
        `person:ola ${name}.change: ${Object.keys(fields)
          .map((key) => `${part}/${entry.id}/${key}`)
          .join(' ')}`,
        `person:ola ${name}.add: ${part}/${entry.id}`,
      ])
      expect(JSON.stringify(audit(id))).not.toMatch(/Per|Kjøkken|9000/)
    },
  )

  it('refuses what was changed since it was opened, and wants to know what was seen', async () => {
    const id = await newHome()
    const { revision } = (await register(id)).contacts[0]
    const url = `/api/homes/${id}/contacts/anne`
    expect((await ola('PATCH', url, { name: 'Anna' })).status).toBe(428)
    expect((await ola('PATCH', url, { name: 'Anna' }, { 'if-match': `"${revision}"` })).status).toBe(200)
    const late = await ola('PATCH', url, { phone: '+4790000009' }, { 'if-match': `"${revision}"` })
    expect(late).toMatchObject({
      status: 412,
      json: { detail: expect.stringContaining('somebody has changed it') },
    })
    // Another part of the same home is another matter.
    const sensor = (await register(id)).sensors[0].revision
    expect(
      (await ola('PATCH', `/api/homes/${id}/sensors/hall-door`, { room: 'gang' }, { 'if-match': sensor }))
        .status,
    ).toBe(200)
    expect((await register(id)).contacts[0]).toMatchObject({ name: 'Anna', phone: '+4790000001' })
  })

  it('says why a resident cannot go whose sensors are there', async () => {
    const id = await newHome({ sensors: [{ id: 'fall-1', profile: 'native', resident: 'r1' }] })
    const answer = await ola('DELETE', `/api/homes/${id}/residents/r1`, undefined, ANY)
    expect(answer).toMatchObject({ status: 422, json: { problems: [{ pointer: '' }] } })
    expect(answer.json.detail).toMatch(/^Cannot remove resident "r1": .*"fall-1"/)
  })

  it('keeps limits and consents that it does not show', async () => {
    const id = await newHome()
    const { changeLimits, changeConsent } = own.hub.office
    await changeLimits(id, {
      resident: 'r1',
      set: { 'low-spo2.limit': 88 },
      by: 'operator:siv',
      via: 'cli',
      why: 'COPD',
    })
    await changeConsent(id, {
      contact: 'anne',
      give: ['status'],
      withdraw: [],
      source: 'form',
      by: 'operator:siv',
      via: 'cli',
    })
    const before = own.hub.core.home(id)
    await ola('PATCH', `/api/homes/${id}/residents/r1`, { name: 'Kari N.' }, ANY)
    await ola('PATCH', `/api/homes/${id}/contacts/anne`, { name: 'A.' }, ANY)
    expect(own.hub.core.home(id)).toEqual(before)
    expect(JSON.stringify(await register(id))).not.toContain('consent')
    expect(
      (await ola('PATCH', `/api/homes/${id}/contacts/anne`, { consent: {} }, ANY)).json.problems,
    ).toEqual([{ pointer: '/consent', message: expect.stringContaining('recorded with their source') }])
  })

  it('takes a device of the world once, and tells of no home that the installer may not see', async () => {
    const address = '0x00158d0001a2b3c4'
    const first = await newHome({
      sensors: [{ id: 'door', profile: 'zigbee2mqtt-contact', address }],
      area: 'Vardø',
    })
    const id = await newHome({ area: 'Alta' })
    const body = { id: 'b', profile: 'zigbee2mqtt-contact', address: '00158D0001A2B3C4' }
    const seen = await ola('POST', `/api/homes/${id}/sensors`, body)
    expect(seen).toMatchObject({ status: 409, json: { problems: [{ pointer: '/address' }] } })
    expect(seen.json.detail).toContain(`sensor "door" of home ${first}`)
    const hidden = await own.person('alta2', ['installer'], ['Alta'])(
      'POST',
      `/api/homes/${id}/sensors`,
      body,
    )
    expect(hidden.json.detail).toContain('registered in another home')
    expect(hidden.json.detail).not.toContain(first)
  })
})

describe('POST /api/homes/:home/sensors/:part/replacement', () => {
  it('puts another device in the place of a sensor, and notes the old one with its time', async () => {
    const id = await newHome()
    const url = `/api/homes/${id}/sensors/hall-door/replacement`
    expect((await ola('POST', url, {})).status).toBe(409)
    expect(await ola('POST', url, { address: 'new-door' })).toMatchObject({
      status: 200,
      json: { id: 'hall-door' },
    })
    expect((await register(id)).sensors[0]).toMatchObject({
      id: 'hall-door',
      address: 'new-door',
      before: [{ profile: 'zigbee2mqtt-contact', address: 'hall-door', until: expect.any(Number) }],
    })
  })
})

describe('gateways', () => {
  it('are added, listed, given another password and removed; a password is shown once', async () => {
    const id = await newHome()
    const url = `/api/homes/${id}/gateways`
    const gateway = `gw-${id}`
    const once = { 'idempotency-key': 'gateway-0001' }
    const added = await ola('POST', url, { id: gateway }, once)
    expect(added.json).toMatchObject({
      home: id,
      username: gateway,
      password: expect.stringMatching(/^\w{32}$/),
    })
    // The link was lost: the installer still gets to see it.
    expect((await ola('POST', url, { id: gateway }, once)).json).toEqual(added.json)
    expect((await ola('GET', url)).json.gateways).toEqual([
      { id: gateway, online: false, credentials: true, createdAt: expect.any(Number) },
    ])
    const rotated = await ola('POST', `${url}/${gateway}/rotation`, {})
    expect(rotated.json.password).not.toBe(added.json.password)
    expect((await ola('GET', url)).json.gateways[0].rotatedAt).toEqual(expect.any(Number))
    expect((await ola('DELETE', `${url}/${gateway}`)).status).toBe(204)
    expect((await ola('GET', url)).json.gateways).toEqual([])
    expect(
      audit(id)
        .filter((line) => / gateway\./.test(line))
        .toReversed(),
    ).toEqual([
      `person:ola gateway.add: ${gateway}`,
      `person:ola gateway.add: asked again, answered as before`,
      `person:ola gateway.rotate: ${gateway}, old one good: after-connect`,
      `person:ola gateway.remove: ${gateway}`,
    ])
  })

  it('say why they get no login, for a page that says it in its own words', async () => {
    const [id, other] = [await newHome(), await newHome()]
    const gateway = { id: `gw-${id}` }
    expect((await ola('POST', `/api/homes/${id}/gateways`, gateway)).status).toBe(200)
    expect(await ola('POST', `/api/homes/${id}/gateways`, gateway)).toMatchObject({
      status: 409,
      json: { reason: 'gateway-known' },
    })
    expect(await ola('POST', `/api/homes/${other}/gateways`, gateway)).toMatchObject({
      status: 409,
      json: { reason: 'gateway-elsewhere' },
    })
  })
})

describe('the state of a home', () => {
  const url = (id: string) => `/api/homes/${id}/service`

  it('goes its way, and says why where it cannot', async () => {
    const id = await newHome()
    expect((await ola('PUT', `/api/homes/${id}/pause`, { for: '2d', why: 'x' })).json.detail).toContain(
      'only what is active can be paused',
    )
    for (const state of ['commissioning', 'active']) {
      expect(await ola('PUT', url(id), { state })).toMatchObject({ status: 200, json: { state } })
    }
    expect(await ola('PUT', url(id), { state: 'planned' })).toMatchObject({ status: 409 })
  })

  it('is paused until a time with a reason, by an operator too, and goes on', async () => {
    const id = await newHome({ state: 'active' })
    const pause = `/api/homes/${id}/pause`
    expect((await siv('PUT', pause, {})).json.problems).toEqual([
      { pointer: '/why', message: expect.stringContaining('without a reason') },
      { pointer: '/until', message: expect.stringContaining('without an end') },
    ])
    expect((await siv('PUT', pause, { until: '2020-01-01 12:00', why: 'x' })).json.problems[0].pointer).toBe(
      '/until',
    )
    const paused = await siv('PUT', pause, { for: '3d', why: 'Hospital' })
    expect(paused).toMatchObject({
      status: 200,
      json: { state: 'paused', note: { by: 'operator:siv', why: 'Hospital' } },
    })
    expect(paused.json.until).toBeGreaterThan(own.hub.core.now() + 2 * 86_400_000)
    expect(await siv('DELETE', pause)).toMatchObject({ status: 200, json: { state: 'active' } })
    expect(audit(id).slice(0, 2)).toEqual(['person:siv service.resume', 'person:siv service.pause'])
    expect((await ola('GET', url(id))).json.note).not.toHaveProperty('why')
  })
})

describe('GET /api/register and /api/profiles', () => {
  it('find homes by a device or a tag, and list what can be registered', async () => {
    const id = await newHome({
      tags: ['pilot 7'],
      sensors: [{ id: 'x', profile: 'zigbee2mqtt-contact', address: 'odd-address' }],
    })
    for (const text of ['pilot 7', 'ODD-ADD', id]) {
      const found = (await ola('GET', `/api/register?text=${encodeURIComponent(text)}`)).json.homes
      expect(found.map((one: { id: string }) => one.id)).toContain(id)
    }
    const { profiles } = (await ola('GET', '/api/profiles')).json
    expect(profiles.find((one: { id: string }) => one.id === 'zigbee2mqtt-contact')).toMatchObject({
      alarm: false,
      kinds: expect.arrayContaining(['door']),
      hasAddress: true,
    })
  })
})
