import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { createHttpApp } from '../../hub/http/app.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleAlert, exampleHome, exampleNotification, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

let office: MemoryOffice
let app: FastifyInstance
let url: string
let session: string

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  office = memoryOffice(() => 1000)
  office.addHome(...exampleHome('h1', 'Storgata 5'))
  office.addHome(...exampleHome('h2', 'Storgata 6'))
  office.setReachable('h2', false)
  app = await createHttpApp({ office, version: '0.0.0', phone: true, trusted: false })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  session = office.people.signIn(office.people.createSignInToken('siv'))?.session ?? ''
})
afterEach(async () => {
  await app.close()
  vi.useRealTimers()
})

async function openStream() {
  const headers = { cookie: `aal_session=${session}` }
  const answer = await fetch(`${url}/api/live`, { headers })
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const events = readEvents(answer)
  const next = async () => (await events.next()).value
  return { next, ended: async () => (await events.next()).done }
}

async function* readEvents(answer: Response) {
  let text = ''
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      yield { name, ...JSON.parse(data) }
    }
  }
}

describe('GET /api/live', () => {
  it('begins with every open alert', async () => {
    office.put({ alerts: [exampleAlert(), exampleAlert({ id: 'a2', handling: 'resolved' })] })
    const { next } = await openStream()
    expect(await next()).toMatchObject({
      name: 'snapshot',
      now: 1000,
      homes: { total: 2, reachable: 1, protected: 1, not: 1, holds: 0 },
      alerts: [{ id: 'a1', homeLabel: 'Storgata 5' }],
    })
  })

  it('tells each only of their areas, and of nobody’s name on a screen that is locked meanwhile', async () => {
    const [home, personal] = exampleHome('h3', 'Storgata 7')
    office.addHome({ ...home, area: 'Alta' }, personal)
    office.people.add({ id: 'ola', roles: ['operator'], areas: ['Alta'] })
    await office.people.setPassword('ola', 'correct horse battery staple')
    office.put({ alerts: [exampleAlert()] })
    session = office.people.signIn(office.people.createSignInToken('ola'))?.session ?? ''
    const { next } = await openStream()
    expect(await next()).toMatchObject({ name: 'snapshot', alerts: [], homes: { total: 1 } })
    office.put({ alerts: [exampleAlert({ id: 'other' })] })
    office.put({ alerts: [exampleAlert({ id: 'own', home: 'h3' })] })
    expect(await next()).toMatchObject({ alerts: [{ id: 'own', residentName: 'Kari Nordmann' }] })
    office.people.lock(session)
    office.put({ alerts: [exampleAlert({ id: 'own', home: 'h3' })] })
    const locked = JSON.stringify(await next())
    expect(locked).toContain('Storgata 7')
    expect(locked).not.toMatch(/Kari|Anne/)
  })

  it('sends the alerts that a commit changed, or whose messages it changed', async () => {
    const { next } = await openStream()
    await next()
    office.put({ alerts: [exampleAlert(), exampleAlert({ id: 'a2' })] })
    expect(await next()).toMatchObject({ name: 'alerts', alerts: [{ id: 'a1' }, { id: 'a2' }] })
    office.put({ notifications: [exampleNotification()] })
    expect(await next()).toMatchObject({
      name: 'alerts',
      alerts: [{ id: 'a1', escalation: { messages: [{ contact: 'Anne', state: 'delivered' }] } }],
    })
    expect(await next()).toMatchObject({ name: 'phone' })
  })

  it('sends the alerts of a home whose modes changed', async () => {
    const { next } = await openStream()
    await next()
    office.put({ alerts: [exampleAlert()] })
    await next()
    await office.setMode('h1', { mode: 'away', on: true, by: 'operator:siv', via: 'console' })
    expect(await next()).toMatchObject({ name: 'alerts', alerts: [{ id: 'a1', modes: [{ mode: 'away' }] }] })
    await office.setMode('h1', { mode: 'away', on: false, by: 'operator:siv', via: 'console' })
    const { alerts } = (await next()) as unknown as { alerts: { modes?: unknown }[] }
    expect(alerts[0]).not.toHaveProperty('modes')
  })

  it('beats every 5 s', async () => {
    const { next } = await openStream()
    await next()
    vi.advanceTimersByTime(5000)
    expect(await next()).toEqual({
      name: 'beat',
      now: 1000,
      homes: { total: 2, reachable: 1, protected: 1, partly: 0, not: 1, holds: 0 },
    })
  })

  it('says which rule files are refused, while they are', async () => {
    const at = (line: number) => ({ file: 'falls.yaml', line, column: 1, message: 'Cannot read this.' })
    office.refusedRules = { at: 900, reason: 'Cannot use the rules', problems: [at(2), at(7)] }
    const { next } = await openStream()
    const rulesRefused = { at: 900, files: ['falls.yaml'] }
    expect(await next()).toMatchObject({ name: 'snapshot', rulesRefused })
    vi.advanceTimersByTime(5000)
    expect(await next()).toMatchObject({ name: 'beat', rulesRefused })
    office.refusedRules = undefined
    vi.advanceTimersByTime(5000)
    expect(await next()).not.toHaveProperty('rulesRefused')
  })

  it('says when the hub was away, as long as the office does', async () => {
    office.wasAway = [{ from: 100, until: 900 }]
    const { next } = await openStream()
    expect(await next()).toMatchObject({ name: 'snapshot', away: [{ from: 100, until: 900 }] })
    vi.advanceTimersByTime(5000)
    expect(await next()).toMatchObject({ name: 'beat', away: [{ from: 100, until: 900 }] })
    office.wasAway = []
    vi.advanceTimersByTime(5000)
    expect(await next()).not.toHaveProperty('away')
  })

  it('tells the stream that a board is open, whoever may act has it; not of an installer or a program', async () => {
    office.people.add({ id: 'ida', roles: ['installer', 'admin'], areas: 'all' })
    const token = office.people.createSignInToken('ida')
    const operator = session
    session = office.people.signIn(token)?.session ?? ''
    const others = await openStream()
    await others.next()
    expect(office.core.watchedAreas()).toEqual([])
    session = operator
    const { next } = await openStream()
    await next()
    expect(office.core.watchedAreas()).toBe('all')
  })

  it('ends with the session', async () => {
    const { next, ended } = await openStream()
    await next()
    office.people.signOut(session)
    vi.advanceTimersByTime(5000)
    expect(await ended()).toBe(true)
  })

  it('lets a client go that does not read', async () => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {}).pause()
    socket.write(`GET /api/live HTTP/1.1\r\nhost: localhost\r\ncookie: aal_session=${session}\r\n\r\n`)
    const connections = () =>
      new Promise<number>((resolve) => app.server.getConnections((_, n) => resolve(n)))
    await waitFor('the connection', async () => (await connections()) === 1)
    const reason = 'x'.repeat(1024 * 1024)
    await waitFor('the hub to let it go', async () => {
      office.put({ alerts: [exampleAlert({ detail: { reason } })] })
      return (await connections()) === 0
    })
    expect(socket.bytesRead).toBe(0)
    socket.destroy()
  })

  it('refuses one person more than a hundred streams, and lets others have theirs', async () => {
    const ask = async () => await fetch(`${url}/api/live`, { headers: { cookie: `aal_session=${session}` } })
    const answers = await Promise.all(Array.from({ length: 101 }, ask))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
    const [refused] = answers.filter(({ status }) => status !== 200)
    expect(refused?.status).toBe(429)
    expect(refused?.headers.get('retry-after')).toBe('60')
    office.people.add({ id: 'ola', roles: ['operator'], areas: 'all' })
    session = office.people.signIn(office.people.createSignInToken('ola'))?.session ?? ''
    expect((await ask()).status).toBe(200)
  })

  it('does not keep the app from closing', async () => {
    const { next, ended } = await openStream()
    await next()
    const over = ended().catch(() => true)
    await app.close()
    expect(await over).toBe(true)
  })
})

it('GET /api/live gathers the homes of which devices were seen into one event', async () => {
  const { next } = await openStream()
  await next()
  const device = { address: 'new', firstAt: 1, lastAt: 1, count: 1, topics: [] }
  office.putSeen('h1', device)
  office.putSeen('h2', device)
  office.putSeen('h1', device)
  office.putSeen('elsewhere', device)
  expect(await next()).toEqual({ name: 'seen', now: 1000, inHomes: ['h1', 'h2'] })
})
