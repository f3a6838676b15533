import { afterEach, describe, expect, it } from 'vitest'
import type { Profile } from '../../hub/decode/profile.ts'
import type { Register } from '../../hub/http/register.ts'
import type { Visits } from '../../hub/http/visits.ts'
import type { Alert, AlertEvent } from '../../hub/model/alert.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'
import type { Certificate, VisitAlarm } from '../../hub/model/visit.ts'
import { printCertificate } from '../../hub/office/print-certificate.ts'
import { canonicalJson, isSealed, sealCertificate } from '../../hub/office/seal-certificate.ts'
import { timeAlarm } from '../../hub/office/time-alarm.ts'
import { createVisits } from '../../hub/office/visits.ts'
import { addMonths } from '../../hub/time/add-months.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { home, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WHO = { by: 'operator:ola', via: 'console' } as const
const START = { ...WHO, areas: 'all' } as const
const DOOR = {
  title: { en: 'Door', nb: 'Dør' },
  alarm: false,
  prove: {
    steps: [{ ask: { en: 'Open the door', nb: 'Åpne døren' }, expect: { kind: 'door', value: 'open' } }],
  },
} as unknown as Profile
const NATIVE = { title: { en: 'Sensor', nb: 'Sensor' }, alarm: true } as unknown as Profile

/** A door `a` with a step, and a native sensor `b` of which nothing is asked. */
async function site(): Promise<{ bench: CoreBench; visits: Visits }> {
  const bench = await startCore(createMemoryStore())
  const [a, b] = home().sensors
  await bench.take({
    type: 'home',
    home: home({
      state: { is: 'planned' },
      sensors: [{ ...a!, profile: 'door' }, b!],
      contacts: [{ id: 'ola', language: 'nb', order: 1, role: 'installer' }],
    }),
  })
  const personal = { id: 'h1', label: 'Storgata 5', residents: [], contacts: [] }
  const visits = createVisits({
    core: bench.core,
    journal: { alertEvents: () => [], notificationsOf: () => [] },
    certificates: { list: () => [], find: () => undefined, last: () => undefined },
    profiles: new Map([
      ['door', DOOR],
      ['native', NATIVE],
    ]),
    people: { find: () => undefined },
    register: { gateways: () => [] } as unknown as Register,
    registered: (id) => ({ home: bench.core.home(id)!, personal }),
    inTurn: (work) => work(),
    version: '1',
    checkEvery: 12,
  })
  return { bench, visits }
}

const until = ({ core }: CoreBench) => core.modes('h1').find(({ mode }) => mode === 'maintenance')?.until

describe('createVisits', () => {
  it('keeps the home in maintenance while the visit goes on, and never longer than any', async () => {
    const { bench, visits } = await site()
    const since = bench.core.now()
    const ask = () => visits.ask('h1', { ...WHO, sensor: 'a', step: 0 })
    expect((await visits.start('h1', START)).maintenanceUntil).toBe(since + 2 * HOUR)
    expect(bench.core.home('h1')?.state).toEqual({ is: 'commissioning' })
    await bench.pass(30 * MINUTE)
    await ask()
    expect(until(bench)).toBe(since + 2 * HOUR)
    await bench.pass(45 * MINUTE)
    await ask()
    expect(until(bench)).toBe(since + 75 * MINUTE + 2 * HOUR)
    await bench.pass(110 * MINUTE)
    await ask()
    expect(until(bench)).toBe(since + 4 * HOUR)
    await bench.pass(HOUR)
    const over = visits.read('h1')
    expect(over?.missing[0]).toMatchObject({ code: 'maintenance-over' })
    await expect(ask()).rejects.toThrow('maintenance is over')
    // Whoever goes on begins anew, and what was proven is so still.
    const again = await visits.start('h1', START)
    expect(again).toMatchObject({ id: over?.id, maintenanceUntil: bench.core.now() + 2 * HOUR })
  })

  it('makes no maintenance shorter that somebody set for longer', async () => {
    const { bench, visits } = await site()
    const end = bench.core.now() + 3 * HOUR
    const mode = { type: 'mode', home: 'h1', mode: 'maintenance', on: true, until: end, ...WHO } as const
    await bench.take(mode)
    await visits.start('h1', START)
    expect(until(bench)).toBe(end)
  })

  it('says what is missing: sensors unproven or not heard, and the timed alarm', async () => {
    const { bench, visits } = await site()
    const { missing, sensors } = await visits.start('h1', START)
    expect(missing.map(({ code, sensor }) => [code, sensor])).toEqual([
      ['unproven', 'a'],
      ['not-heard', 'b'],
      ['no-alarm', undefined],
    ])
    expect(sensors.map(({ state }) => state)).toEqual(['unproven', 'nothing-to-prove'])
    await bench.say('b', 'battery', 12)
    expect(visits.read('h1')?.sensors[1]).toMatchObject({
      state: 'proven',
      battery: 12,
      warnings: [{ code: 'battery-low' }],
    })
  })

  it('warns of an alarm sensor at QoS 0, and of no other', async () => {
    const { bench, visits } = await site()
    await visits.start('h1', START)
    for (const sensor of ['a', 'b']) {
      const now = bench.core.now()
      const reading = { home: 'h1', sensor, kind: 'battery', value: 90, at: now, receivedAt: now }
      await bench.take({ type: 'reading', reading, qos: 0 })
    }
    const warnings = visits.read('h1')?.sensors.map((one) => one.warnings.map(({ code }) => code))
    expect(warnings).toEqual([[], ['qos-0']])
  })

  it('begins no timed alarm while a real one is unanswered: it would call the family once more', async () => {
    const { bench, visits } = await site()
    await bench.say('b', 'fall', 'detected')
    await visits.start('h1', START)
    await expect(visits.alarm('h1', { ...WHO, how: 'hub' })).rejects.toThrow('a real alert of this home')
    expect(bench.alert('fall')).toMatchObject({ count: 1 })
    const alert = bench.alert('fall').id
    await bench.take({ type: 'acknowledge', alert, by: 'operator:siv', via: 'console' })
    const { alarm } = await visits.alarm('h1', { ...WHO, how: 'hub' })
    expect(alarm).toMatchObject({ alert, state: 'waiting' })
    expect(bench.alert('fall')).toMatchObject({ test: true, handling: 'new', count: 2 })
  })

  it('is finished with something missing only with a reason, which the certificate has with what was missing', async () => {
    const { bench, visits } = await site()
    await visits.start('h1', START)
    await expect(visits.finish('h1', WHO)).rejects.toThrow('a is not proven; b has not been heard')
    const { finished } = await visits.finish('h1', { ...WHO, force: 'the bus leaves' })
    expect(finished).toMatchObject({ at: bench.core.now() })
    expect(bench.core.home('h1')).not.toHaveProperty('state')
    expect(until(bench)).toBeUndefined()
  })

  it('leaves a home that is paused as it is', async () => {
    const { bench, visits } = await site()
    await bench.take({ type: 'service', home: 'h1', to: { is: 'active' }, ...WHO })
    const to = { is: 'paused', until: bench.core.now() + 24 * HOUR } as const
    await bench.take({ type: 'service', home: 'h1', to, ...WHO })
    await visits.start('h1', START)
    await visits.finish('h1', { ...WHO, force: 'only looked' })
    expect(bench.core.home('h1')?.state).toEqual(to)
  })
})

describe('timeAlarm', () => {
  const T = 1_000_000
  const ALARM: VisitAlarm = {
    how: 'sensor',
    startedAt: T,
    by: 'operator:ola',
    reading: { sensor: 'sos', kind: 'sos', at: T + 4000, seq: 9 },
    alert: { id: 'x', at: T + 4000 },
  }
  const SMS = {
    id: 'n1',
    alert: 'x',
    contact: 'ola',
    channel: 'sms',
    template: 'alert',
    state: 'delivered',
    queuedAt: T + 4000,
  } as AlertNotification
  const event = (what: AlertEvent['what'], after: number, more: Partial<AlertEvent> = {}): AlertEvent => ({
    alert: 'x',
    now: T + after,
    at: T + after,
    what,
    by: 'hub',
    via: 'sms',
    ...more,
  })
  const SENT = event('delivery', 5500, { text: 'accepted', notification: 'n1' })
  const ARRIVED = event('delivery', 8500, { text: 'delivered', notification: 'n1' })
  const answered = (by: string) => event('acknowledged', 20_500, { by })
  const time = (
    alarm: VisitAlarm,
    events: readonly AlertEvent[],
    notifications: readonly AlertNotification[] = [SMS],
    now = T + 30_000,
  ) =>
    timeAlarm(
      alarm,
      { alert: { handling: 'new' } as Alert, events, notifications },
      (who) => who === 'contact:ola' || who === 'operator:ola',
      now,
    )

  it('has the seconds of each leg since the one before, and of all from the reading to the answer', () => {
    const view = time(ALARM, [SENT, ARRIVED, answered('contact:ola')])
    expect(view.legs.map(({ leg, seconds }) => [leg, seconds])).toEqual([
      ['reading', 4],
      ['alert', 0],
      ['queued', 0],
      ['sent', 1.5],
      ['delivered', 3],
      ['answered', 12],
    ])
    expect(view).toMatchObject({ state: 'answered', seconds: 16.5, answeredBy: 'contact:ola', sensor: 'sos' })
  })

  it('is answered without a report of the delivery, which some providers do not give', () => {
    const view = time(ALARM, [SENT, answered('operator:ola')])
    expect(view.state).toBe('answered')
    expect(view.legs[4]).toEqual({ leg: 'delivered' })
    expect(view.legs[5]).toMatchObject({ seconds: 15 })
  })

  const { reading: _r, alert: _a, ...BARE } = ALARM
  const { alert: _b, ...UNRAISED } = ALARM
  const FAILED = { ...SMS, state: 'failed' } as AlertNotification
  it.each<[string, VisitAlarm, AlertEvent[], AlertNotification[], number, string]>([
    ['waits for the alarm', BARE, [], [], 5 * MINUTE, 'waiting'],
    ['heard no alarm in time', BARE, [], [], 5 * MINUTE + 1, 'no-reading'],
    ['raised no alert', UNRAISED, [], [], 2 * MINUTE, 'no-alert'],
    ['told nobody', ALARM, [], [], 2 * MINUTE, 'no-message'],
    ['could not send it', ALARM, [], [FAILED], 10_000, 'not-sent'],
    ['has not sent it after two minutes', ALARM, [], [SMS], 3 * MINUTE, 'not-sent'],
    ['was answered before it was sent', ALARM, [answered('contact:ola')], [SMS], 30_000, 'not-sent'],
    ['was answered by another', ALARM, [SENT, answered('operator:siv')], [SMS], 30_000, 'answered-by-other'],
    ['waits for the answer', ALARM, [SENT], [SMS], 10 * MINUTE, 'waiting'],
    ['got no answer', ALARM, [SENT], [SMS], 11 * MINUTE, 'no-answer'],
  ])('%s', (_what, alarm, events, notifications, after, is) => {
    const { state, reason } = time(alarm, events, notifications, T + after)
    expect(reason?.code ?? state).toBe(is)
  })
})

const CERTIFICATE: Omit<Certificate, 'sha256'> = {
  format: 1,
  id: 'c-1',
  home: 'h1',
  label: 'Čáhppesluohkká 5',
  timezone: 'Europe/Oslo',
  at: Date.UTC(2026, 0, 31, 12),
  by: 'operator:ola',
  visit: {
    id: 'v-1',
    home: 'h1',
    by: 'operator:ola',
    startedAt: Date.UTC(2026, 0, 31, 11),
    gateways: [],
    sensors: [],
    missing: [],
  },
  due: addMonths(Date.UTC(2026, 0, 31, 12), 12, 'Europe/Oslo'),
  hub: { version: '1' },
  rules: { sha256: 'r' },
}

describe('a certificate', () => {
  it('fits its own fingerprint, in whatever order its fields come, until anything in it is changed', () => {
    const sealed = sealCertificate(CERTIFICATE)
    const shuffled = Object.fromEntries(Object.entries(sealed).toReversed()) as unknown as Certificate
    expect([isSealed(sealed), isSealed(shuffled)]).toEqual([true, true])
    expect(isSealed({ ...sealed, at: sealed.at + 1 })).toBe(false)
    expect(canonicalJson({ b: [1, { d: null, c: 'æ' }], a: undefined })).toBe('{"b":[1,{"c":"æ","d":null}]}')
  })

  it('is a PDF in the language of its reader, the same each time', async () => {
    const certificate = sealCertificate(CERTIFICATE)
    const [nb, again, en] = await Promise.all(
      (['nb', 'nb', 'en'] as const).map((language) => printCertificate(certificate, language)),
    )
    expect(nb?.subarray(0, 5).toString()).toBe('%PDF-')
    expect(nb?.toString('latin1')).toContain('/Lang (nb)')
    expect(en?.toString('latin1')).toContain('/Lang (en)')
    expect(again?.equals(nb ?? Buffer.of())).toBe(true)
  })

  it('is due so many months later by the clock of the home', () => {
    expect(new Date(CERTIFICATE.due).toISOString()).toBe('2027-01-31T12:00:00.000Z')
    expect(new Date(addMonths(CERTIFICATE.at, 1, 'Europe/Oslo')).toISOString()).toBe(
      '2026-02-28T12:00:00.000Z',
    )
  })
})
