import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import type { HandoverView } from '../../hub/http/handover-routes.ts'
import type { ShiftView } from '../../hub/http/shift-view.ts'
import type { Areas, Role } from '../../hub/model/person.ts'
import { exampleAlert, exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 22, 6)

let now: number
let office: MemoryOffice
let app: FastifyInstance

beforeEach(async () => {
  now = NOW
  office = memoryOffice(() => now)
  office.addHome(...exampleHome('h1', '=Storgata 5; "blå"'))
  app = await createHttpApp({ office, version: '0.0.0', phone: false, trusted: false })
})
afterEach(() => app.close())

/** Signs somebody in; the returned function asks as them. */
async function as(id: string, roles: readonly Role[] = ['operator'], areas: Areas = 'all') {
  if (!office.people.find(id)) office.people.add({ id, roles, areas })
  const { session } = office.people.signIn(office.people.createSignInToken(id))!
  return (method: 'GET' | 'POST', url: string, payload?: object) =>
    app.inject({
      method,
      url,
      headers: { 'x-aal': '1' },
      cookies: { aal_session: session },
      ...(payload && { payload }),
    })
}

const audited = () => office.audit.list({ limit: 20 }).map(({ who, what, why }) => [who, what, why])

describe('GET /api/shift', () => {
  it('begins when whoever asks signed in, or as they say, and tells what is open first', async () => {
    const at = NOW - HOUR
    const times = { raisedAt: at, openedAt: at, lastAt: at }
    office.put({
      alerts: [
        exampleAlert({ ...times, id: 'over', handling: 'resolved', handledAt: at + HOUR / 2, cause: 'real' }),
        exampleAlert({ ...times, id: 'open', raisedAt: at - HOUR }),
        exampleAlert({
          id: 'before',
          handling: 'resolved',
          handledAt: at - 20 * HOUR,
          openedAt: 0,
          lastAt: 0,
        }),
      ],
      events: [
        { alert: 'over', now: at + 40_000, at, what: 'acknowledged', by: 'contact:daughter', via: 'sms' },
      ],
    })
    const ask = await as('siv')
    now += HOUR
    const shift = (await ask('GET', '/api/shift')).json<ShiftView>()
    expect(shift).toMatchObject({ from: NOW, to: now, choices: { signIn: NOW } })
    expect(shift.alerts.map(({ id }) => id)).toEqual(['open'])
    const longer = (await ask('GET', `/api/shift?from=${NOW - 2 * HOUR}`)).json<ShiftView>()
    expect(longer.alerts.map(({ id }) => id)).toEqual(['open', 'over'])
    expect(longer.alerts[1]?.answer).toMatchObject({ byName: 'Anne', after: 40_000 })
  })

  it('begins as the rota says for who is on call by the same id', async () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
    const rota = { id: 'centre', timezone: 'Europe/Oslo', overrides: [], fallback: ['per'] }
    const shifts = [{ days, from: '23:00', to: '07:30', who: ['siv'] }]
    office.policySet = { ...office.policySet, rotas: new Map([['centre', { ...rota, shifts }]]) }
    expect((await (await as('siv'))('GET', '/api/shift')).json()).toMatchObject({
      from: Date.UTC(2026, 10, 21, 22),
      choices: { rota: { rota: 'centre', to: Date.UTC(2026, 10, 22, 6, 30) } },
    })
    expect((await (await as('per'))('GET', '/api/shift')).json<ShiftView>().choices.rota).toBeUndefined()
  })

  it('tells what began and ended, and who did not answer', async () => {
    const mode = { type: 'mode', home: 'h1', mode: 'maintenance', by: 'operator:ola', via: 'cli' } as const
    const hold = { type: 'hold', home: 'h1', rule: 'quiet', by: 'operator:ola', via: 'cli' } as const
    office.orders = [
      { at: NOW - 5 * HOUR, input: { ...mode, on: true } },
      { at: NOW - 2 * HOUR, input: { ...hold, on: true, until: NOW + HOUR } },
      { at: NOW - HOUR / 2, input: { ...hold, on: false } },
    ]
    const ask = await as('siv')
    const { orders } = (await ask('GET', `/api/shift?from=${NOW - 3 * HOUR}`)).json<ShiftView>()
    expect(orders.map(({ at, what, mode: of, rule, by }) => [NOW - at, what, of ?? rule, by])).toEqual([
      [HOUR / 2, 'ended', 'quiet', 'operator:ola'],
      [HOUR, 'ended', 'maintenance', undefined],
      [2 * HOUR, 'began', 'quiet', 'operator:ola'],
    ])
  })

  it('refuses what lies ahead or too far back', async () => {
    const ask = await as('siv')
    expect((await ask('GET', `/api/shift?from=${NOW + 1}`)).statusCode).toBe(400)
    expect((await ask('GET', `/api/shift?from=${NOW - 8 * 24 * HOUR}`)).statusCode).toBe(400)
    expect((await (await as('ivar', ['installer']))('GET', '/api/shift')).statusCode).toBe(403)
  })
})

describe('GET /api/shift.csv', () => {
  beforeEach(() => {
    office.put({ alerts: [exampleAlert({ openedAt: NOW, lastAt: NOW, title: { en: '=1+1', nb: '+blå' } })] })
  })

  it('gives pseudonyms that Excel reads and runs nothing of, and writes it down', async () => {
    const answer = await (await as('siv'))('GET', `/api/shift.csv?from=${NOW - HOUR}&language=nb`)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.rawPayload.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    const [head, row, end] = answer.body.slice(1).split('\r\n')
    expect(head).toMatch(/^Varsel,Hjem,Område,/)
    expect(row).toContain(",'+blå,fall,0,2026-11-21 03:12:00,2026-11-22 07:00:00,")
    expect(row).not.toMatch(/Storgata|Kari|Anne/)
    expect(end).toBe('')
    const why = expect.stringMatching(/^CSV, pseudonyms, 2026-11-22T05:00/)
    expect(audited()).toEqual([['person:siv', 'shift.export', why]])
  })

  it('gives names to operators who ask for them, and to nobody else', async () => {
    const path = `/api/shift.csv?from=${NOW - HOUR}&names=true&separator=semicolon`
    const { body } = await (await as('siv'))('GET', path)
    expect(body).toContain(`;"'=Storgata 5; ""blå""";Kari Nordmann;`)
    expect(audited()[0]?.[2]).toMatch(/^CSV, with names/)
    expect(office.audit.list({ limit: 1 })[0]?.whose).toBe('homes:h1')
    expect((await (await as('ada', ['admin']))('GET', path)).statusCode).toBe(403)
  })
})

describe('the notes of a shift', () => {
  it('are read by the next one, whose name then stands there, and are gone after 30 days', async () => {
    const [siv, ola] = [await as('siv'), await as('ola')]
    await siv('POST', '/api/handover', { text: 'Kari slept badly.' })
    now += 60_000
    const [note] = (await ola('GET', '/api/handover')).json<HandoverView>().notes
    expect(note).toMatchObject({ by: 'siv', at: NOW, text: 'Kari slept badly.', readBy: [] })
    await ola('POST', `/api/handover/${note?.id}/reads`)
    await ola('POST', `/api/handover/${note?.id}/reads`)
    const list = async () => (await (await as('siv'))('GET', '/api/handover')).json<HandoverView>().notes
    expect((await list())[0]?.readBy).toEqual([{ person: 'ola', at: now }])
    expect(office.taken).toEqual([])
    expect(audited().map(([who, what]) => `${who} ${what}`)).toContain('person:ola handover.read')
    now += 30 * 24 * HOUR
    expect(await list()).toEqual([])
  })

  it('are for operators who see all that its writer sees', async () => {
    await (
      await as('siv', ['operator'], ['Alta', 'Vadsø'])
    )('POST', '/api/handover', { text: 'Private.' })
    const seen = async (id: string, areas: Areas, roles: readonly Role[] = ['operator']) =>
      (await (await as(id, roles, areas))('GET', '/api/handover')).json<HandoverView>().notes?.length
    expect(await seen('ola', 'all')).toBe(1)
    expect(await seen('kari', ['Alta', 'Vadsø', 'Tana'])).toBe(1)
    expect(await seen('per', ['Alta'])).toBe(0)
    expect(await seen('ada', 'all', ['admin'])).toBeUndefined()
    const other = await as('per')
    expect((await other('POST', '/api/handover/1/reads')).statusCode).toBe(404)
  })
})
