import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerHub } from './register-hub.ts'
import type { Call, RegisterHub } from './register-hub.ts'

let own: RegisterHub
let ola: Call
let ida: Call
beforeAll(async () => {
  own = await registerHub()
  ola = own.person('ola', ['installer'])
  ida = own.person('ida', ['admin'])
  await ola('POST', '/api/register', {
    id: 'h-1',
    timezone: 'Europe/Oslo',
    label: 'Storgata 5',
    sensors: [{ id: 'door', profile: 'zigbee2mqtt-contact', address: '0x00158d0001a2b3c4' }],
  })
})
afterAll(() => own.stop())

/** The newest entry, with what it says of the act. */
function newest(): object {
  const [{ who, what, whose, why } = {}] = own.hub.office.audit.list({ limit: 1 })
  return { who, what, whose, why }
}

const CSV = 'Hjem;Tidssone;Sensor;Profil;Sensoradresse\nh-2;Europe/Oslo;dør;zigbee2mqtt-contact;door-2\n'
const ANY = { 'if-match': '*' }

it('home.change: which fields, and never what stood or stands in them', async () => {
  const answer = await ola('PATCH', '/api/homes/h-1', { label: 'Kirkeveien 9', risk: 2 }, ANY)
  expect(answer.status).toBe(200)
  expect(newest()).toEqual({ who: 'person:ola', what: 'home.change', whose: 'home:h-1', why: 'label risk' })
})

it('sensor.replace: which sensor', async () => {
  const path = '/api/homes/h-1/sensors/door/replacement'
  expect((await ola('POST', path, { address: '0x00158d0001a2b3c5' }, ANY)).status).toBe(200)
  expect(newest()).toEqual({
    who: 'person:ola',
    what: 'sensor.replace',
    whose: 'home:h-1',
    why: 'sensors/door/address',
  })
})

it('service.set: into which state', async () => {
  expect((await ola('PUT', '/api/homes/h-1/service', { state: 'active', why: 'Kari is in' })).status).toBe(
    200,
  )
  expect(newest()).toEqual({ who: 'person:ola', what: 'service.set', whose: 'home:h-1', why: 'active' })
})

it('homes.import: how many homes; of a dry run that it was one', async () => {
  const body = { file: 'homes.csv', text: CSV.replace('dør', 'door') }
  expect((await ola('POST', '/api/homes?dryRun=true', body)).status).toBe(200)
  expect(newest()).toMatchObject({ who: 'person:ola', what: 'homes.import', why: 'dry run' })
  expect((await ola('POST', '/api/homes', body)).status).toBe(200)
  expect(newest()).toMatchObject({ who: 'person:ola', what: 'homes.import', why: '1 of 1 homes' })
})

it('contacts.import: of which homes a file changes who is told, in a row of its own', async () => {
  const file = (phone: string) =>
    `homes: [{ id: h-4, timezone: Europe/Oslo, contacts: [{ id: anne, name: Anne, phone: "${phone}", language: nb }] }]\n`
  const rows = async (text: string) => {
    const before = own.hub.office.audit.list({ limit: 1 })[0]?.seq ?? 0
    expect((await ola('POST', '/api/homes', { file: 'a.yaml', text })).status).toBe(200)
    return own.hub.office.audit
      .list({ limit: 10 })
      .filter(({ seq }) => seq > before)
      .map(({ what, whose }) => [what, whose])
  }
  const [told, changed] = [
    ['contacts.import', 'homes:h-4'],
    ['homes.import', 'homes:h-4'],
  ]
  expect(await rows(file('+4790000001'))).toEqual([changed, told])
  // Another number of the same person is another phone that rings.
  expect(await rows(file('+4790000002'))).toEqual([changed, told])
  expect(await rows(file('+4790000002').replace('Oslo', 'London'))).toEqual([changed])
  expect(await rows(file('+4790000002').replace('Oslo', 'London'))).toEqual([['homes.import', undefined]])
})

it('homes.export: whose, how many, in which format', async () => {
  await ola('POST', '/api/register', { id: 'h-2', timezone: 'Europe/Oslo' })
  const answer = await own.hub.admin.inject({ url: '/api/homes/export?homes=h-2,h-1&by=operator:ida' })
  expect(answer.statusCode).toBe(200)
  expect(newest()).toEqual({
    who: 'operator:ida',
    what: 'homes.export',
    whose: 'homes:h-1,h-2',
    why: '2 homes as yaml',
  })
  await own.hub.admin.inject({ url: '/api/homes/export?format=csv' })
  expect(newest()).toEqual({ who: 'cli', what: 'homes.export', whose: 'homes:all', why: '3 homes as csv' })
})

it('homes.export stands among what concerns each of its homes, and no other', async () => {
  await own.hub.admin.inject({ url: '/api/homes/export?homes=h-2&by=operator:ida' })
  const exportsOf = (whose: string, who?: string) =>
    own.hub.office.audit
      .list({ limit: 100, whose, ...(who !== undefined && { who }) })
      .filter(({ what }) => what === 'homes.export')
      .map((row) => row.whose)
  expect(exportsOf('home:h-1')).toEqual(['homes:all', 'homes:h-1,h-2'])
  expect(exportsOf('home:h-2', 'operator:ida')).toEqual(['homes:h-2', 'homes:h-1,h-2'])
  expect(exportsOf('home:h')).toEqual(['homes:all'])
  expect(exportsOf('person:h-1')).toEqual([])
})

it('what is refused is in no audit log', async () => {
  const before = newest()
  expect((await ola('PATCH', '/api/homes/h-1', { timezone: 'Europe/Olso' }, ANY)).status).toBe(422)
  expect((await ola('GET', '/api/homes/export')).status).toBe(403)
  expect((await ida('POST', '/api/homes', { file: 'homes.csv', text: 'Hjem\n' })).status).toBe(422)
  expect(newest()).toEqual(before)
})

it('refuses a device of another home in a file as in a form, at its line and column', async () => {
  const message =
    'Cannot use the address "00:15:8d:00:01:a2:b3:c5": this device is sensor "door" of home h-1. Remove it there first'
  const address = '00:15:8d:00:01:a2:b3:c5'
  const csv = CSV.replace('dør', 'door').replace('door-2', address)
  expect(await ida('POST', '/api/homes', { file: 'homes.csv', text: csv })).toMatchObject({
    status: 422,
    json: {
      problems: [{ file: 'homes.csv', line: 2, column: 5, message: `"Sensoradresse": ${message}` }],
    },
  })
  const yaml = `homes:
  - id: h-2
    timezone: Europe/Oslo
    sensors:
      - { id: door, profile: zigbee2mqtt-contact, address: "${address}" }
`
  expect(await ida('POST', '/api/homes', { file: 'homes.yaml', text: yaml })).toMatchObject({
    status: 422,
    json: { problems: [{ file: 'homes.yaml', line: 5, message }] },
  })
  const form = await ida('PATCH', '/api/homes/h-2/sensors/door', { address }, ANY)
  expect(form).toMatchObject({ status: 409, json: { problems: [{ pointer: '/address', message }] } })

  // Taken out of one home and put into the other by the same file.
  const moved = `${yaml}  - { id: h-1, timezone: Europe/Oslo }\n`
  expect(await ida('POST', '/api/homes', { file: 'homes.yaml', text: moved })).toMatchObject({ status: 200 })
  expect(own.hub.core.home('h-1')?.sensors).toEqual([])
})
