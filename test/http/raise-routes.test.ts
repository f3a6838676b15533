import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MOST_RAISED } from '../../hub/core/raised.ts'
import { readGrafana } from '../../hub/http/grafana.ts'
import { createKeyLimit, MOST_KEYS } from '../../hub/http/raise-keys.ts'
import { oneLine } from '../../hub/http/raised.ts'
import type { RaiseInput } from '../../hub/model/input.ts'
import type { Areas, Scope } from '../../hub/model/person.ts'
import { registerHub } from './register-hub.ts'
import type { Answer, RegisterHub } from './register-hub.ts'

const HOMES = `homes:
  - { id: h1, timezone: Europe/Oslo, area: Alta, sensors: [{ id: ups, profile: native, room: hall }] }
  - { id: h2, timezone: Europe/Oslo, area: Vardø }
  - { id: h3, timezone: Europe/Oslo, area: Alta }
`

let hub: RegisterHub
let made = 0

beforeAll(async () => {
  hub = await registerHub()
  await hub.hub.office.importHomes('homes.yaml', HOMES)
})
afterAll(() => hub.stop())

type Body = Record<string, unknown>

/** A program of its own, so that no test takes another's limits. */
function program(scopes: readonly Scope[] = ['raise:alerts'], areas: Areas = 'all') {
  const name = `program-${++made}`
  const token = hub.hub.office.people.createAccessToken({ name, scopes, areas, by: 'test' })
  const call = async (url: string, body: unknown): Promise<Answer> => {
    const answer = await hub.app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}` },
      payload: body as object,
    })
    return { status: answer.statusCode, json: answer.json(), headers: answer.headers }
  }
  return {
    name,
    raise: (body: Body) => call('/api/alerts', body),
    grafana: (body: unknown) => call('/api/hooks/grafana', body),
    open: () => hub.hub.office.core.openAlerts().filter(({ rule }) => rule === `from:${name}`),
  }
}

const UPS = { id: 'ups', title: 'UPS on battery' }

describe('POST /api/alerts', () => {
  it('raises, repeats, counts, raises the level and clears, and says what it did', async () => {
    const one = program()
    const said = async (more: Body) => (await one.raise({ ...UPS, home: 'h1', ...more })).json
    expect(await said({ sensor: 'ups' })).toMatchObject({
      did: 'raised',
      alert: { rule: `from:${one.name}`, scope: 'h1/ups', severity: 'low', handling: 'new', count: 1 },
    })
    expect(await said({ sensor: 'ups' })).toMatchObject({ did: 'unchanged', alert: { count: 1 } })
    expect(await said({ text: '80 %' })).toMatchObject({ did: 'renewed', alert: { count: 1 } })
    expect(await said({ text: '80 %', again: true })).toMatchObject({ did: 'again', alert: { count: 2 } })
    expect(await said({ text: '80 %', severity: 'medium' })).toMatchObject({ did: 'level' })
    expect(await said({ state: 'cleared' })).toMatchObject({
      did: 'cleared',
      alert: { handling: 'resolved' },
    })
    expect(await said({ state: 'cleared' })).toEqual({ did: 'unchanged' })
  })

  it.each([
    '15m',
    '2h30m',
    () => new Date(Date.now() + 3_600_000).toISOString(),
    () => '2126-11-22T13:30+01:00',
  ])('is over by itself where it says until when (%s)', async (until) => {
    const text = typeof until === 'string' ? until : until()
    expect(await program().raise({ ...UPS, until: text })).toMatchObject({
      status: 200,
      json: { did: 'raised' },
    })
  })

  it('is refused where it is over already', async () => {
    const { status, json } = await program().raise({ ...UPS, until: '2020-01-01T00:00Z' })
    expect([status, json.detail]).toEqual([409, 'Cannot do this: the time at which it is over has passed.'])
  })

  it('needs no title to clear, and a routine alert waits for a human then', async () => {
    const one = program()
    await one.raise({ ...UPS, category: 'routine' })
    const { json } = await one.raise({ id: 'ups', state: 'cleared' })
    expect(json).toMatchObject({ did: 'cleared', alert: { condition: 'cleared', handling: 'new' } })
  })

  it('is shown with the program that raised it, also where its key looks like a sensor', async () => {
    const one = program()
    await one.raise({ ...UPS, home: 'h1' })
    const siv = hub.person('siv', ['operator'])
    const { alerts } = (await siv('GET', '/api/alerts')).json
    const shown = alerts.find(({ rule }: { rule: string }) => rule === `from:${one.name}`)
    expect(shown).toMatchObject({ raisedBy: `token:${one.name}`, title: { en: 'UPS on battery' } })
    expect(shown.sensor).toBeUndefined()
    const { events } = (await siv('GET', `/api/alerts/${shown.id}`)).json
    expect(events[0]).toMatchObject({ what: 'raised', by: `token:${one.name}`, via: 'api' })
    expect((await siv('GET', `/api/alerts/${shown.id}/story`)).status).toBe(200)
  })

  it.each<[string, Body, string]>([
    [
      'what is about safety',
      { ...UPS, category: 'safety' },
      'what is about safety or health only rules judge',
    ],
    [
      'what is about health',
      { ...UPS, category: 'health' },
      'what is about safety or health only rules judge',
    ],
    ['what is high', { ...UPS, severity: 'high' }, 'high is for what rules found'],
    ['no title', { id: 'ups' }, 'title: expected what people read'],
    ['a title of nothing that is seen', { id: 'ups', title: ' \u202e\n' }, 'title: expected some words'],
    ['a long title', { id: 'ups', title: 'x'.repeat(121) }, 'expected at most 120 signs'],
    ['a key that could be a scope', { ...UPS, id: 'h1/fall' }, 'id: expected 1 to 64 letters'],
    ['a key that could be a row', { ...UPS, id: 'a|b' }, 'id: expected 1 to 64 letters'],
    ['what it does not know', { ...UPS, rule: 'fall' }, 'rule'],
    ['an end without zone', { ...UPS, until: '2026-11-22T13:30' }, 'expected a duration such as 15m'],
    ['a sensor of no home', { ...UPS, sensor: 'ups' }, 'home: expected the home of the sensor'],
  ])('refuses %s, and says why', async (_name, body, why) => {
    const one = program()
    const { status, json } = await one.raise(body)
    expect({ status, detail: json.detail }).toEqual({ status: 400, detail: expect.stringContaining(why) })
    expect(one.open()).toEqual([])
  })

  it('shows one line, whatever signs were in it', async () => {
    const one = program()
    await one.raise({ id: 'x', title: 'UPS\r\n\u0000on  \u202ebattery\u2028now' })
    expect(one.open()[0]?.title).toEqual({ en: 'UPS on battery now' })
    expect(oneLine(' å\u0301 \t')).toBe('ǻ')
  })

  it('is for who has the scope, in the areas of the token', async () => {
    expect(await program(['read:alerts', 'act:alerts']).raise(UPS)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining('has not the scope raise:alerts') },
    })
    const inAlta = program(['raise:alerts'], ['Alta'])
    expect((await inAlta.raise({ ...UPS, home: 'h1' })).status).toBe(200)
    expect((await inAlta.raise({ ...UPS, home: 'h2' })).status).toBe(404)
    expect((await inAlta.raise({ ...UPS, home: 'h9' })).status).toBe(404)
    expect(await inAlta.raise(UPS)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining('about the hub as a whole') },
    })
    expect((await program().raise({ ...UPS, home: 'h1', sensor: 'none' })).json.detail).toBe(
      'Cannot do this: there is no sensor "none" in home "h1".',
    )
  })

  it('is no way for people, who are told so', async () => {
    const siv = hub.person('siv', ['operator', 'installer', 'admin'])
    expect(await siv('POST', '/api/alerts', UPS)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining('it is for programs, with a token that has the scope') },
    })
  })

  it('says to a program with an old token that it is not in force', async () => {
    const one = program()
    hub.hub.office.people.revokeAccessToken(one.name)
    expect(await one.raise(UPS)).toMatchObject({
      status: 401,
      json: { detail: expect.stringContaining('this token is not in force') },
    })
  })

  it('holds back a program that went wrong, and no other', async () => {
    const mad = program()
    const answers: Answer[] = []
    for (let n = 0; n < 61; n++) answers.push(await mad.raise({ ...UPS, id: `k${n}` }))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(MOST_RAISED)
    expect(mad.open()).toHaveLength(MOST_RAISED)
    expect(answers[MOST_RAISED]).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60', 'content-type': 'application/problem+json; charset=utf-8' },
      json: {
        title: 'Too many requests',
        detail: expect.stringContaining('50 alerts that it raised are open'),
      },
    })
    expect(answers[60]).toMatchObject({ status: 429, json: { detail: expect.stringContaining('60 times') } })
    expect(Number(answers[60]?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await program().raise(UPS)).status).toBe(200)
  })

  it('ends nothing that rules raised, nor another program', async () => {
    const [one, other] = [program(), program()]
    await one.raise(UPS)
    expect((await other.raise({ id: 'ups', state: 'cleared' })).json).toEqual({ did: 'unchanged' })
    expect(one.open()).toHaveLength(1)
  })
})

const example = (name: string) =>
  JSON.parse(readFileSync(new URL(`grafana-${name}.json`, import.meta.url), 'utf8'))

describe('POST /api/hooks/grafana', () => {
  it('takes the notification that Grafana documents: the same alert again, and the end of it', async () => {
    const grafana = program()
    const firing = example('firing')
    expect((await grafana.grafana(firing)).json).toEqual({
      raised: 2,
      renewed: 0,
      cleared: 0,
      unchanged: 0,
      refused: 0,
    })
    expect(grafana.open()).toMatchObject([
      {
        scope: 'hub/c6eadffa33fcdf37',
        title: { en: 'This alert was triggered for zone us-1' },
        detail: { reason: 'The system has high memory usage' },
        category: 'technical',
        severity: 'medium',
        resolve: 'auto',
      },
      { scope: 'hub/bc97ff14869b13e3' },
    ])
    expect((await grafana.grafana(firing)).json).toEqual({
      raised: 0,
      renewed: 0,
      cleared: 0,
      unchanged: 2,
      refused: 0,
    })
    const [first, ...rest] = firing.alerts
    const resolved = { ...firing, alerts: [{ ...first, status: 'resolved' }, ...rest] }
    expect((await grafana.grafana(resolved)).json).toEqual({
      raised: 0,
      renewed: 0,
      cleared: 1,
      unchanged: 1,
      refused: 0,
    })
    expect(grafana.open()).toMatchObject([{ scope: 'hub/bc97ff14869b13e3', condition: 'active' }])
    expect((await grafana.grafana({ ...firing, alerts: [{ ...first, status: 'resolved' }] })).json).toEqual({
      raised: 0,
      renewed: 0,
      cleared: 0,
      unchanged: 0,
      refused: 0,
    })
  })

  it.each([
    [
      { home: 'h1', severity: 'critical' },
      { home: 'h1', severity: 'medium', scope: 'h1/f1' },
    ],
    [
      { home: 'h1', sensor: 'ups', severity: 'Warning' },
      { severity: 'low', detail: { sensor: 'ups' } },
    ],
    [{ severity: 'info' }, { severity: 'info', scope: 'hub/f1' }],
    [{ home: 'h9' }, { scope: 'hub/f1', detail: { reason: 'home "h9" (not in service)' } }],
    [{ alertname: 'DatasourceNoData' }, { title: { en: 'DatasourceNoData' } }],
  ])('reads the labels %j', async (labels, expected) => {
    const grafana = program()
    const alerts = [{ status: 'firing', labels, annotations: null, fingerprint: 'f1' }]
    expect((await grafana.grafana({ status: 'firing', alerts })).status).toBe(200)
    expect(grafana.open()).toMatchObject([expected])
  })

  it('lets the alert of its button "Test" end by itself', async () => {
    const grafana = program()
    const labels = { alertname: 'TestAlert', instance: 'Grafana' }
    const alert = { status: 'firing' as const, labels, fingerprint: '57c6' }
    const { office } = hub.hub
    const now = office.core.now()
    const [said] = readGrafana({ status: 'firing', alerts: [alert] }, office, { by: 'token:x', via: 'api' })
    expect(said?.on && said.until).toBeGreaterThanOrEqual(now + 600_000)
    const [real] = readGrafana({ status: 'firing', alerts: [{ ...alert, labels: {} }] }, office, {
      by: 'token:x',
      via: 'api',
    })
    expect(real).not.toHaveProperty('until')
    expect((await grafana.grafana({ status: 'firing', alerts: [alert] })).json).toMatchObject({ raised: 1 })
  })

  it.each<[string, unknown, string]>([
    ['no alerts', { status: 'firing' }, 'alerts'],
    ['a state that Grafana has not', { status: 'pending', alerts: [] }, 'status'],
    [
      'an alert without fingerprint',
      { status: 'firing', alerts: [{ status: 'firing', labels: {} }] },
      'alerts.0.fingerprint',
    ],
    [
      'more alerts than one notification should have',
      {
        status: 'firing',
        alerts: Array.from({ length: 101 }, () => ({ status: 'firing', labels: {}, fingerprint: 'f' })),
      },
      'set "Max alerts" of the contact point to 100',
    ],
    ['a list', [], 'body'],
  ])('refuses %s, and says where', async (_name, body, where) => {
    const grafana = program()
    const { status, json } = await grafana.grafana(body)
    expect({ status, detail: json.detail }).toEqual({ status: 400, detail: expect.stringContaining(where) })
  })

  it('keeps to the areas of its token', async () => {
    const inAlta = program(['raise:alerts'], ['Alta'])
    const notify = (home: string) =>
      inAlta.grafana({
        status: 'firing',
        alerts: [{ status: 'firing', labels: { home, alertname: 'x' }, fingerprint: home }],
      })
    expect((await notify('h1')).status).toBe(200)
    expect((await notify('h2')).status).toBe(403)
    expect(inAlta.open()).toMatchObject([{ scope: 'h1/h1' }])
    const alerts = ['h1', 'h2'].map((home) => ({
      status: 'firing',
      labels: { home },
      fingerprint: `new-${home}`,
    }))
    expect(await inAlta.grafana({ status: 'firing', alerts })).toMatchObject({
      status: 200,
      json: { raised: 1, refused: 1, reasons: [expect.stringContaining('it names no home of these areas')] },
    })
    expect(inAlta.open()).toMatchObject([{ scope: 'h1/h1' }, { scope: 'h1/new-h1' }])
  })

  it('asks Grafana to try again where there are too many, and takes what fits', async () => {
    const grafana = program()
    const alerts = Array.from({ length: MOST_RAISED + 1 }, (_, n) => ({
      status: 'firing',
      labels: { alertname: `a${n}` },
      fingerprint: `f${n}`,
    }))
    expect(await grafana.grafana({ status: 'firing', alerts })).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60' },
    })
    expect(grafana.open()).toHaveLength(MOST_RAISED)
  })

  it('takes what it can where one home is closed, and says why not the rest', async () => {
    const grafana = program()
    const alert = (fingerprint: string, home: string) => ({
      status: 'firing',
      labels: { alertname: 'x', home },
      fingerprint,
    })
    await grafana.grafana({ status: 'firing', alerts: [alert('f3', 'h3')] })
    const ada = hub.person('ada', ['admin'])
    expect((await ada('PUT', '/api/homes/h3/service', { state: 'closed' })).status).toBe(200)
    const alerts = [alert('f3', 'h3'), alert('f1', 'h1')]
    const reasons = ['Cannot do this: the home "h3" is closed.']
    expect(await grafana.grafana({ status: 'firing', alerts })).toMatchObject({
      status: 200,
      json: { raised: 1, renewed: 0, cleared: 0, unchanged: 0, refused: 1, reasons },
    })
    expect(await grafana.grafana({ status: 'firing', alerts: alerts.slice(0, 1) })).toMatchObject({
      status: 200,
      json: { raised: 0, refused: 1, reasons },
    })
    await grafana.grafana({
      status: 'resolved',
      alerts: alerts.map((one) => ({ ...one, status: 'resolved' })),
    })
    expect(grafana.open()).toEqual([])
  })

  it('says that Grafana cut alerts off, of each group until it comes whole', async () => {
    const grafana = program()
    const notify = (groupKey: string, truncatedAlerts: number | null) =>
      grafana.grafana({ status: 'firing', receiver: 'hub', groupKey, truncatedAlerts, alerts: [] })
    expect(await notify('a', 12)).toMatchObject({ status: 200, json: { raised: 0, refused: 0 } })
    expect(grafana.open()).toMatchObject([
      {
        scope: expect.stringMatching(/^hub\/grafana-truncated-[0-9a-f]{12}$/),
        title: { en: 'Grafana cut 12 alerts off: raise "Max alerts" of the contact point' },
        category: 'technical',
        severity: 'medium',
      },
    ])
    await notify('a', 1)
    expect(grafana.open()).toMatchObject([
      { detail: { reason: expect.stringContaining('1 alert more than came here, last of receiver "hub"') } },
    ])
    await notify('b', 0)
    expect(grafana.open()).toHaveLength(1)
    await notify('a', null)
    expect(grafana.open()).toEqual([])
  })

  it('says so to a token of one area too', async () => {
    const inAlta = program(['raise:alerts'], ['Alta'])
    const notify = (truncatedAlerts: number) =>
      inAlta.grafana({
        status: 'firing',
        truncatedAlerts,
        alerts: [{ status: 'firing', labels: { home: 'h1' }, fingerprint: 'f1' }],
      })
    expect((await notify(3)).json).toMatchObject({ raised: 1 })
    expect(inAlta.open()).toHaveLength(2)
    await notify(0)
    expect(inAlta.open()).toMatchObject([{ scope: 'h1/f1' }])
  })
})

describe('new ids', () => {
  it(`are ${MOST_KEYS} in a day of one program; what is over is always taken`, async () => {
    const one = program()
    const notify = (status: string, from: number) =>
      one.grafana({
        status,
        alerts: Array.from({ length: MOST_RAISED }, (_, n) => ({
          status,
          labels: { alertname: 'x' },
          fingerprint: `f${from + n}`,
        })),
      })
    for (let from = 0; from < MOST_KEYS; from += MOST_RAISED) {
      expect((await notify('firing', from)).json).toMatchObject({ raised: MOST_RAISED })
      expect((await notify('resolved', from)).json).toMatchObject({ cleared: MOST_RAISED })
    }
    const { status, json, headers } = await one.raise(UPS)
    expect({ status, detail: json.detail }).toEqual({
      status: 429,
      detail: expect.stringContaining(
        'An id names what it is about, such as ups-cellar, not each happening: use again',
      ),
    })
    expect(Number(headers['retry-after'])).toBeGreaterThan(86_000)
    expect((await notify('firing', MOST_KEYS)).status).toBe(429)
    expect((await one.raise({ ...UPS, id: 'f7' })).json).toMatchObject({ did: 'raised' })
    expect((await one.raise({ id: 'f7', state: 'cleared' })).json).toMatchObject({ did: 'cleared' })
    expect((await one.raise({ id: 'ups', state: 'cleared' })).status).toBe(200)
    expect((await program().raise(UPS)).status).toBe(200)
  })

  it('have room again a day after the oldest was last said', () => {
    const keys = createKeyLimit()
    const say = (key: string, now: number) => keys.take({ ...INPUT, key }, now)
    for (let n = 0; n < MOST_KEYS; n++) expect(say(`k${n}`, n)).toBe('new')
    expect(say('k0', 1000)).toBe('known')
    expect(say('new', 1000)).toEqual({ wait: 86_400_001 - 1000 })
    expect(say('new', 86_400_001)).toBe('new')
    expect(say('newer', 86_400_001)).toEqual({ wait: 1 })
    expect(keys.take({ ...INPUT, key: 'ended', on: false }, 86_400_001)).toBe('known')
  })

  it('that were not taken do not count', () => {
    const keys = createKeyLimit()
    for (let n = 0; n < 2 * MOST_KEYS; n++) {
      const input = { ...INPUT, key: `k${n}` }
      expect(keys.take(input, 0)).toBe('new')
      keys.forget(input)
    }
  })
})

const INPUT: RaiseInput = {
  type: 'raise',
  by: 'token:x',
  via: 'api',
  key: 'x',
  on: true,
  title: 'x',
  category: 'technical',
  severity: 'low',
  resolve: 'auto',
}
