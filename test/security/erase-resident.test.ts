import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { openJournal } from '../../hub/database/open-journal.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import type { ReadingInput } from '../../hub/model/input.ts'
import { rulesOf } from '../../hub/rules/parse-rules.ts'
import { replayJournal } from '../../hub/rules/replay-journal.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** Words of a person that stand nowhere else. */
const WORDS = {
  label: 'Lerkeveien 5',
  labelBefore: 'Lerkegammel 4',
  address: 'Lerkegata 17, 9950',
  keySafe: '0417#9',
  resident: 'Kari Lerkenordmann',
  contact: 'Anne Lerkedatter',
  phone: '+4790012345',
  alias: 'Lerkemor',
  tag: 'lerke-demens',
  note: 'lerkenotat om hjemmet',
  comment: 'lerkekommentar til varselet',
  resolved: 'lerkeslutt',
  why: 'lerkegrunn til pause',
  payload: 'lerke in a payload',
}
const HOMES = (label: string): string => `homes:
  - id: h-1
    timezone: Europe/Oslo
    area: Alta
    label: ${label}
    tags: [${WORDS.tag}]
    address: ${WORDS.address}
    keySafe: { code: "${WORDS.keySafe}" }
    residents: [{ id: r1, name: ${WORDS.resident} }]
    sensors: [{ id: fall-1, profile: native, room: bathroom, resident: r1 }]
    contacts:
      - { id: daughter, name: ${WORDS.contact}, phone: "${WORDS.phone}", language: nb, alias: ${WORDS.alias} }
  - id: h-2
    timezone: Europe/Oslo
    label: Bokfinkveien 2
    residents: [{ id: r1, name: Per Bokfink }, { id: r2, name: Ola Gråspurv, spo2Scale: 2 }]
    sensors:
      - { id: fall-1, profile: native, room: bathroom, resident: r1 }
      - { id: fall-2, profile: native, room: hall, resident: r2 }
      - { id: motion-1, profile: native, room: hall }
`
let hub: RunningHub
const data = join(tempDir('erase'), 'data')
let seq = 0

async function start(): Promise<RunningHub> {
  const config = parseConfig('hub.yaml', `data: ${data}\nmqtt: { port: 0 }\nhttp: { port: 0 }\n`)
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  return startHub({ config: config.value, log: pino({ level: 'silent' }), onFailure: () => {} })
}

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const answer = await hub.admin.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, json: answer.json<ReturnType<typeof JSON.parse>>() }
}

const ok = async (...given: Parameters<typeof ask>) => {
  const { status, json } = await ask(...given)
  expect(status, `${given[0]} ${given[1]}: ${JSON.stringify(json)}`).toBeLessThan(300)
  return json
}

function reading(home: string, sensor: string, kind: string, value: string | number | boolean): ReadingInput {
  const at = hub.core.now()
  return { type: 'reading', reading: { home, sensor, kind, value, at, receivedAt: at, id: `i-${seq++}` } }
}

async function resolve(home: string): Promise<void> {
  for (const { id } of hub.core.openAlerts().filter((alert) => alert.home === home)) {
    await ok('POST', `/api/alerts/${id}/comment`, { text: `${home}: ${WORDS.comment}` })
    await ok('POST', `/api/alerts/${id}/resolve`, { cause: 'false', comment: `${home}: ${WORDS.resolved}` })
  }
}

/** What rules say of a home, over the journal as it is kept. */
function said(home: string): string[] {
  const rules = rulesOf(hub.core.ruleFiles)
  const journal = openJournal(data)
  try {
    const all = [...replayJournal(journal.entries(), { rules })]
    return all.filter((one) => one.home === home).map((one) => `${one.at} ${one.scope} ${one.to}`)
  } finally {
    journal.close()
  }
}

/** In which files of the data folder which of these words stand, byte by byte. */
function found(words: readonly string[]): string[] {
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .filter((file) => statSync(file).isFile())
  expect(files.some((file) => file.endsWith('hub.db'))).toBe(true)
  return files.flatMap((file) => {
    const bytes = readFileSync(file)
    return words.filter((word) => bytes.includes(word)).map((word) => `${file}: ${word}`)
  })
}

async function erased(id: number) {
  return waitFor('the erasure', async () => {
    const { erasure } = await ok('GET', `/api/erasures/${id}`)
    return erasure.step === 'done' ? erasure : undefined
  })
}

beforeAll(async () => {
  hub = await start()
  await ok('POST', '/api/homes', { text: HOMES(WORDS.labelBefore) })
  await ok('POST', '/api/homes', { text: HOMES(WORDS.label) })
  await ok('POST', '/api/homes/h-1/gateways', {})
  // Many, so that pages are full and are put together.
  for (let n = 0; n < 40; n++) {
    await Promise.all([
      ...['h-1', 'h-2'].flatMap((home) =>
        Array.from({ length: 20 }, (_, i) => hub.core.take(reading(home, 'fall-1', 'heart_rate', 60 + i))),
      ),
      hub.core.take(reading('h-2', 'motion-1', 'motion', n % 2 === 0)),
      hub.core.take(reading('h-2', 'fall-2', 'heart_rate', 70)),
    ])
  }
  for (const [home, sensor] of [
    ['h-1', 'fall-1'],
    ['h-2', 'fall-1'],
    ['h-2', 'fall-2'],
  ] as const) {
    await hub.core.take(reading(home, sensor, 'fall', 'detected'))
    await resolve(home)
  }
  await hub.core.take({
    type: 'undecoded',
    home: 'h-1',
    sensor: 'fall-1',
    topic: 'homes/h-1/sensors/fall-1',
    payload: WORDS.payload,
    reason: 'no JSON',
    alarm: false,
    receivedAt: hub.core.now(),
  })
  await ok('POST', '/api/homes/h-1/notes', { text: WORDS.note })
  await ok('POST', '/api/handover', { text: `Ring ${WORDS.resident} i morgen` })
  await ok('POST', '/api/handover', { text: 'Alt rolig på vakten' })
  await ok('PUT', '/api/homes/h-1/pause', { for: '12h', why: WORDS.why })
  await ok('DELETE', '/api/homes/h-1/pause')
  await waitFor('the messages', () => hub.office.newestNotifications(9).length > 0 || undefined)
}, 60_000)
afterAll(() => hub.stop())

describe('aal resident erase', () => {
  it('says what goes and what is left, and refuses while the home is in service', async () => {
    const plan = await ok('GET', '/api/homes/h-1/erasure?resident=r1')
    expect(plan).toMatchObject({
      isWhole: true,
      counts: { readings: 801, undecoded: 1, alerts: expect.any(Number), gateways: 1, homeNotes: 1 },
      refused: [expect.stringContaining('aal home close h-1')],
    })
    expect(plan.remains.map(({ where }: { where: string }) => where)).toEqual([
      'audit log',
      'journal',
      'backups',
      'messages',
      'logs',
    ])
    expect(await ask('POST', '/api/homes/h-1/erasure', { resident: 'r1', why: 'case 1' })).toMatchObject({
      status: 409,
    })
    expect(await ask('GET', '/api/homes/h-1/erasure?resident=r9')).toMatchObject({ status: 404 })
    expect(found(Object.values(WORDS)).length).toBeGreaterThan(5)
  })

  it('refuses while an alert of theirs is open', async () => {
    // One alert of the home, which shows the sensor of the second fall alone.
    await hub.core.take(reading('h-2', 'fall-1', 'fall', 'detected'))
    await hub.core.take(reading('h-2', 'fall-2', 'fall', 'detected'))
    expect(hub.core.openAlerts()).toMatchObject([{ count: 2, detail: { sensor: 'fall-2' } }])
    for (const resident of ['r1', 'r2']) {
      const refused = await ask('POST', '/api/homes/h-2/erasure', { resident, why: 'case 2' })
      expect(refused).toMatchObject({ status: 409, json: { detail: expect.stringContaining('open') } })
    }
    await resolve('h-2')
  })

  it('leaves no word and no row of them, byte by byte, and the rest as it was', async () => {
    const [before, readings] = [said('h-2'), count("home = 'h-2' AND type = 'reading'")]
    expect(before.length).toBeGreaterThan(1)
    const [gateway] = rows("SELECT id FROM gateway WHERE home = 'h-1'") as { id: string }[]
    const client = `${gateway?.id}/box`
    const packet = { client, packetId: 1, dup: false, digest: 1, inputs: 1 }
    await hub.core.take({ ...reading('h-1', 'fall-1', 'heart_rate', 61), packet })
    expect(rows('SELECT body FROM recent_packets')).toEqual([{ body: expect.stringContaining(client) }])
    await ok('PUT', '/api/homes/h-1/service', { state: 'closed' })
    const { id } = await ok('POST', '/api/homes/h-1/erasure', { resident: 'r1', why: 'case 1' })
    expect(await erased(id)).toMatchObject({ home: 'h-1', counts: { readings: 802, handoverNotes: 1 } })
    expect(found([client])).toEqual([])
    const { comment: _c, resolved: _r, ...theirs } = WORDS
    expect(found(Object.values(theirs))).toEqual([])
    expect(found([`h-1: ${WORDS.comment}`, `h-1: ${WORDS.resolved}`])).toEqual([])
    // One entry says that it was there.
    expect(rows("SELECT type FROM journal WHERE home = 'h-1'")).toEqual([{ type: 'home' }])
    expect(rows("SELECT facts, personal FROM home WHERE id = 'h-1'")).toEqual([
      {
        facts: expect.stringContaining('"erased":'),
        personal: '{"id":"h-1","residents":[],"contacts":[]}',
      },
    ])
    for (const [table, column] of [
      ['alert', 'body'],
      ['alert_event', 'body'],
      ['notification', 'body'],
      ['state', 'key'],
      ['seen_reading', 'home'],
      ['gateway', 'home'],
      ['certificate', 'home'],
      ['home_note', 'home'],
      ['link', 'purpose'],
    ]) {
      expect(rows(`SELECT ${column} AS x FROM ${table} WHERE instr(${column}, 'h-1') > 0`), table).toEqual([])
    }
    expect(count("home = 'h-2' AND type = 'reading'")).toBe(readings)
    expect(said('h-2')).toEqual(before)
    const { notes } = await ok('GET', '/api/handover')
    expect(notes).toHaveLength(1)
  })

  it('stands in the audit log without names, and the log is whole', async () => {
    const { rows: log } = await ok('GET', '/api/audit?whose=home:h-1')
    const what = log.map((row: { what: string }) => row.what)
    expect(what).toContain('resident.erase')
    expect(what).toContain('resident.erased')
    expect(await ok('GET', '/api/audit/verification')).toMatchObject({ whole: true })
  })

  it('gives its id to no other home, by a form, a file or a change', async () => {
    expect(await ask('POST', '/api/register', { id: 'h-1', timezone: 'Europe/Oslo' })).toMatchObject({
      status: 409,
    })
    const file = await ask('POST', '/api/homes', { text: HOMES('Ny') })
    expect(file).toMatchObject({ status: 409, json: { detail: expect.stringContaining('erased') } })
    const state = await ask('PUT', '/api/homes/h-1/service', { state: 'commissioning' })
    expect(state).toMatchObject({ status: 409 })
    expect(await ask('POST', '/api/homes/h-1/erasure', { why: 'again' })).toMatchObject({ status: 409 })
  })

  it('takes one of two residents with their sensors, and leaves the other', async () => {
    const before = said('h-2')
    const plan = await ok('GET', '/api/homes/h-2/erasure?resident=r2')
    expect(plan).toMatchObject({ isWhole: false, sensors: ['fall-2'], counts: { readings: 42 } })
    const { id } = await ok('POST', '/api/homes/h-2/erasure', { resident: 'r2', why: 'case 2' })
    await erased(id)
    expect(found(['Ola Gråspurv'])).toEqual([])
    expect(count("home = 'h-2' AND sensor = 'fall-2'")).toBe(0)
    expect(
      rows(
        "SELECT 1 FROM journal WHERE type = 'home' AND instr(json_remove(body, '$.erased'), 'fall-2') > 0",
      ),
    ).toEqual([])
    expect(rows("SELECT key FROM state WHERE instr(key, 'fall-2') > 0 OR instr(key, 'h-2/r2') > 0")).toEqual(
      [],
    )
    // The falls of the other one are there as before, also the one that shared an alert.
    expect(before).toHaveLength(4)
    expect(said('h-2')).toEqual([before[0], before[2]])
    expect(hub.core.home('h-2')).toMatchObject({ residents: [{ id: 'r1' }] })
    expect(rows("SELECT id FROM alert WHERE home = 'h-2'").length).toBeGreaterThan(0)
  })

  it('is the same after a start', async () => {
    const open = [...hub.core.homes()].map((home) => ({ ...home }))
    await hub.stop()
    hub = await start()
    expect([...hub.core.homes()]).toEqual(open)
    expect(await ok('GET', '/api/homes/h-1')).toMatchObject({ home: 'h-1', residents: [], contacts: [] })
  })
})

function rows(sql: string): unknown[] {
  const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    db.close()
  }
}

function count(where: string): number {
  return (rows(`SELECT count(*) AS n FROM journal WHERE ${where}`)[0] as { n: number }).n
}
