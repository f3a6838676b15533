import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../hub/model/alert.ts'
import type { RaiseInput } from '../../hub/model/input.ts'
import type { Areas, Scope } from '../../hub/model/person.ts'
import type { Reading } from '../../hub/model/reading.ts'
import { openEvents } from '../helpers/server-events.ts'
import type { EventStream } from '../helpers/server-events.ts'
import { registerHub } from './register-hub.ts'
import type { RegisterHub } from './register-hub.ts'

const HOMES = `homes:
  - id: h1
    timezone: Europe/Oslo
    area: Alta
    label: Storgata 5
    residents: [{ id: r1, name: Kari Nordmann }]
    sensors:
      - { id: door, profile: native, room: hall, role: entrance }
      - { id: watch, profile: native, resident: r1 }
    contacts: [{ id: anne, name: Anne, phone: "+4790000001", language: nb, order: 1 }]
  - { id: h2, timezone: Europe/Oslo, area: Vardø, sensors: [{ id: door, profile: native }] }
`

let hub: RegisterHub
let url: string
let made = 0
const open: EventStream[] = []

beforeAll(async () => {
  hub = await registerHub()
  await hub.hub.office.importHomes('homes.yaml', HOMES)
  await hub.app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(hub.app.server.address() as AddressInfo).port}`
})
afterEach(() => {
  for (const stream of open.splice(0)) stream.close()
})
afterAll(() => hub.stop())

function tokenFor(scopes: readonly Scope[], areas: Areas = 'all'): string {
  return hub.hub.office.people.createAccessToken({ name: `p${++made}`, scopes, areas, by: 'test' })
}

async function follow(
  path: string,
  options: { readonly token?: string; readonly lastId?: string } = {},
): Promise<EventStream> {
  const { token = tokenFor(['read:alerts', 'read:history']), lastId } = options
  const stream = await openEvents(`${url}/api/live/${path}`, token, lastId)
  open.push(stream)
  return stream
}

/** Opens it, and waits until it follows. @returns with where it begins */
async function begun(path: string, token?: string) {
  const stream = await follow(path, token === undefined ? {} : { token })
  const { id } = await stream.next()
  return { stream, id }
}

const raise = (key: string, more: Partial<Extract<RaiseInput, { on: true }>> = {}) =>
  hub.hub.office.core.take({
    type: 'raise',
    by: 'token:test',
    via: 'api',
    key,
    on: true,
    title: 'UPS on battery',
    category: 'technical',
    severity: 'low',
    resolve: 'auto',
    ...more,
  })

const clear = (key: string) =>
  hub.hub.office.core.take({ type: 'raise', by: 'token:test', via: 'api', key, on: false })

function alertOf(key: string): Alert {
  const found = hub.hub.office.core.openAlerts().find(({ scope }) => scope.endsWith(`/${key}`))
  if (!found) throw new Error(`no alert ${key}`)
  return found
}

const acknowledge = (key: string) =>
  hub.hub.office.core.take({
    type: 'acknowledge',
    alert: alertOf(key).id,
    by: 'operator:siv',
    via: 'console',
  })

const say = (home: string, sensor: string, kind: string, value: Reading['value'], more = {}) => {
  const { core } = hub.hub.office
  const reading = { home, sensor, kind, value, at: core.now(), receivedAt: core.now(), ...more }
  return core.take({ type: 'reading', reading })
}

describe('GET /api/live/transitions', () => {
  it('begins with where it is, and tells what happens to alerts, with the alert as the board has it', async () => {
    const { stream } = await begun('transitions?rule=from:test')
    await raise('a', { home: 'h1' })
    await acknowledge('a')
    const [raised, acknowledged] = await stream.take('transition', 2)
    expect(raised?.data).toMatchObject({
      what: 'raised',
      by: 'token:test',
      via: 'api',
      severity: 'low',
      n: 1,
      alert: { scope: 'h1/a', raisedBy: 'token:test', title: { en: 'UPS on battery' } },
    })
    expect(raised?.id).toBe(String(raised?.data.seq))
    expect(acknowledged?.data).toMatchObject({
      what: 'acknowledged',
      by: 'operator:siv',
      alert: { handling: 'acknowledged', handledBy: 'operator:siv', escalation: { messages: [] } },
    })
    const text = JSON.stringify(stream.all)
    for (const name of ['Kari', 'Storgata', 'Anne', '+47']) expect(text).not.toContain(name)
  })

  it('tells whoever comes back everything that they missed, and nothing twice', async () => {
    const { stream } = await begun('transitions?rule=from:test')
    await raise('b')
    const [raised] = await stream.take('transition', 1)
    stream.close()
    await acknowledge('b')
    await clear('b')
    const again = await follow('transitions?rule=from:test', { lastId: raised?.id ?? '' })
    const [hello] = [await again.next()]
    expect(hello).toMatchObject({ event: 'hello', id: raised?.id })
    const missed = await again.take('transition', 3)
    expect(missed.map(({ data }) => data.what)).toEqual(['acknowledged', 'cleared', 'resolved'])
    // Two that happened at once have ids of their own.
    const [, cleared, resolved] = missed
    expect(cleared?.id).toBe(`${cleared?.data.seq}.1`)
    expect(resolved?.id).toBe(String(cleared?.data.seq))
    const between = await follow('transitions?rule=from:test', { lastId: cleared?.id ?? '' })
    expect((await between.take('transition', 1))[0]?.data).toMatchObject({ what: 'resolved', n: 2 })
    await raise('b2')
    expect((await between.take('transition', 1))[0]?.data).toMatchObject({ what: 'raised' })
  })

  it('tells only what is asked for', async () => {
    const filters = [
      'home=h1',
      'area=Alta',
      'severity=medium',
      'category=routine',
      'what=acknowledged&what=resolved',
      'rule=none',
    ]
    const streams = await Promise.all(filters.map((filter) => begun(`transitions?${filter}`)))
    await raise('c1', { home: 'h1' })
    await raise('c2', { home: 'h2', severity: 'medium' })
    await raise('c3', { category: 'routine' })
    await acknowledge('c3')
    await raise('last', { home: 'h1', severity: 'medium', category: 'routine' })
    await acknowledge('last')
    const told = await Promise.all(
      streams.map(async ({ stream }, index) => {
        if (filters[index] === 'rule=none') return []
        const found: string[] = []
        for (;;) {
          const { data } = await stream.next()
          const line = `${data.what} ${data.alert.scope}`
          if (line.endsWith('/last')) return found
          found.push(line)
        }
      }),
    )
    expect(told).toEqual([
      ['raised h1/c1'],
      ['raised h1/c1'],
      ['raised h2/c2'],
      ['raised hub/c3', 'acknowledged hub/c3'],
      ['acknowledged hub/c3'],
      [],
    ])
    expect(streams.at(-1)?.stream.all.map(({ event }) => event)).toEqual(['hello'])
  })

  it('says how severe it was then, though it became worse since', async () => {
    const { stream, id } = await begun('transitions?rule=from:test')
    await raise('worse')
    await acknowledge('worse')
    await raise('worse', { severity: 'medium' })
    await stream.take('transition', 3)
    stream.close()
    const again = await follow('transitions?rule=from:test', { lastId: id })
    const told = await again.take('transition', 3)
    expect(told.map(({ data }) => [data.what, data.severity, data.alert.severity])).toEqual([
      ['raised', 'low', 'medium'],
      ['acknowledged', 'low', 'medium'],
      ['level', 'medium', 'medium'],
    ])
    const low = await follow('transitions?rule=from:test&severity=low&what=acknowledged', { lastId: id })
    expect((await low.take('transition', 1))[0]?.data).toMatchObject({
      what: 'acknowledged',
      severity: 'low',
    })
  })

  it('keeps to the areas of its token', async () => {
    const token = tokenFor(['read:alerts'], ['Vardø'])
    const { stream } = await begun('transitions', token)
    await raise('d1', { home: 'h1' })
    await raise('d2', { home: 'h2' })
    const [first] = await stream.take('transition', 1)
    expect(first?.data.alert.scope).toBe('h2/d2')
    await expect(follow('transitions?home=h1', { token })).rejects.toThrow(/404 .*Cannot find the home/)
  })

  it.each([
    ['an id that it never sent', 'lastEventId=x', /400 .*expected an id that this stream has sent/],
    ['a home that is not there', 'home=h9', /404 .*Cannot find the home/],
    ['something that never happens to alerts', 'what=delivered', /400 .*what: expected some of raised, /],
  ])('refuses %s', async (_name, query, why) => {
    await expect(follow(`transitions?${query}`)).rejects.toThrow(why)
  })

  it('is for who has the scope', async () => {
    const token = tokenFor(['read:history'])
    await expect(follow('transitions', { token })).rejects.toThrow(/403 .*has not the scope read:alerts/)
  })

  it('says that something is missing where the id is of another hub', async () => {
    const stream = await follow('transitions', { lastId: '999999999' })
    const [hello, gap] = [await stream.next(), await stream.next()]
    expect([hello.event, gap.event]).toEqual(['hello', 'gap'])
    expect(gap.data.why).toContain('newer than the journal')
    await raise('e')
    expect((await stream.take('transition', 1))[0]?.data.alert.scope).toBe('hub/e')
  })

  it('is open so many times for one program, and no more', async () => {
    const token = tokenFor(['read:alerts'])
    for (let n = 0; n < 20; n++) await begun('transitions', token)
    await expect(follow('transitions', { token })).rejects.toThrow(/429 .*20 of these streams/)
    await begun('transitions')
    open[0]?.close()
  })
})

describe('GET /api/live/readings', () => {
  it('tells readings with where they come from, and goes on where somebody was', async () => {
    const { stream } = await begun('readings')
    await say('h1', 'door', 'door', 'open')
    await say('h1', 'watch', 'heart_rate', 72, { id: 'x1' })
    const [door, pulse] = await stream.take('reading', 2)
    expect(door?.data).toMatchObject({
      home: 'h1',
      area: 'Alta',
      sensor: 'door',
      room: 'hall',
      role: 'entrance',
      kind: 'door',
      value: 'open',
    })
    expect(pulse?.data).toMatchObject({ resident: 'r1', value: 72, unit: '/min', id: 'x1' })
    stream.close()
    await say('h1', 'door', 'door', 'closed')
    const again = await follow('readings', { lastId: door?.id ?? '' })
    const missed = await again.take('reading', 2)
    expect(missed.map(({ data }) => data.value)).toEqual([72, 'closed'])
  })

  it('tells no status that only came once more, and no time that was not believed', async () => {
    const { stream } = await begun('readings')
    const { core } = hub.hub.office
    await say('h1', 'door', 'fall', null, { status: 'none' })
    await say('h1', 'door', 'door', 'open', { at: core.now() - 30 * 86_400_000 })
    const [first] = await stream.take('reading', 1)
    expect(first?.data.kind).toBe('door')
    expect(first?.data.at).toBe(first?.data.now)
  })

  it('tells only what is asked for, in the areas of its token', async () => {
    const token = tokenFor(['read:history'], ['Vardø'])
    const inVardo = (await begun('readings', token)).stream
    const doors = (await begun('readings?kind=door&home=h1')).stream
    const watch = (await begun('readings?sensor=watch')).stream
    await say('h1', 'watch', 'heart_rate', 70)
    await say('h1', 'door', 'motion', true)
    await say('h1', 'door', 'door', 'closed')
    await say('h2', 'door', 'door', 'open')
    expect((await inVardo.take('reading', 1))[0]?.data).toMatchObject({ home: 'h2' })
    expect((await doors.take('reading', 1))[0]?.data).toMatchObject({ home: 'h1', kind: 'door' })
    expect((await watch.take('reading', 1))[0]?.data).toMatchObject({ kind: 'heart_rate' })
  })

  it('is for who has the scope', async () => {
    const token = tokenFor(['read:alerts', 'read:homes'])
    await expect(follow('readings', { token })).rejects.toThrow(/403 .*has not the scope read:history/)
  })
})
