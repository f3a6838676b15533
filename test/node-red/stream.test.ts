import { createServer } from 'node:https'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { backOff } from '../../hub/node-red/lib/back-off.js'
import { ask, openAnswer } from '../../hub/node-red/lib/request.js'
import { openStream } from '../../hub/node-red/lib/stream.js'
import { whyOf } from '../../hub/node-red/lib/why-of.js'
import type { StreamEvent } from '../../hub/node-red/lib/event-stream.js'
import type { StreamState } from '../../hub/node-red/lib/stream.js'
import { makeCertificate } from '../helpers/certificate.ts'
import { freePort } from '../helpers/free-port.ts'
import { listen } from '../helpers/listen.ts'
import { waitFor } from '../helpers/wait-for.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A hub that answers each request for the stream as the next of these says; the last one again and again. */
async function serve(...answers: ((response: ServerResponse) => void)[]) {
  const asked: { id: string | undefined; token: string | undefined; path: string | undefined }[] = []
  const server = await listen((request, response) => {
    const { authorization: token, 'last-event-id': id } = request.headers
    asked.push({ id: id?.toString(), token, path: request.url })
    answers[Math.min(asked.length, answers.length) - 1]?.(response)
  })
  stops.push(server.stop)
  return { url: server.url, asked }
}

function open(url: string) {
  const events: StreamEvent[] = []
  const states: StreamState[] = []
  const pauses: number[] = []
  let id: string | undefined
  const stream = openStream({
    hub: { url: new URL(url), token: 'aal_1', tls: {} },
    path: '/api/live/transitions',
    lastId: { get: () => id, set: (next) => (id = next) },
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    pause: (failures) => {
      pauses.push(failures)
      return 1
    },
  })
  stops.push(() => stream.close())
  return { events, states, pauses, stream }
}

const speak = (text: string) => (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.write(text)
}
const refuse = (status: number, detail: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ status, detail }))
}

describe('openStream', () => {
  it('goes on after the last event that was whole, when the connection breaks', async () => {
    const hub = await serve((response) => {
      speak('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: cut')(response)
      setImmediate(() => response.destroy())
    }, speak('id: 3\ndata: c\n\n'))
    const { events, states } = open(hub.url)
    await waitFor('what was cut off', () => events.length === 3)
    expect(events.map(({ data }) => data)).toEqual(['a', 'b', 'c'])
    expect(hub.asked).toEqual([
      { id: undefined, token: 'Bearer aal_1', path: '/api/live/transitions' },
      { id: '2', token: 'Bearer aal_1', path: '/api/live/transitions' },
    ])
    expect(states.map(({ type }) => type)).toEqual(['connecting', 'connected', 'disconnected', 'connected'])
  })

  it('waits longer each time, until a hub says something, and tells since when none does', async () => {
    const away = refuse(503, 'Starting.')
    const hub = await serve(
      away,
      away,
      away,
      (response) => speak('data: a\n\n')(response.on('error', () => {})),
      away,
    )
    const { states, pauses, events } = open(hub.url)
    await waitFor('an event', () => events.length === 1)
    expect(pauses).toEqual([1, 2, 3])
    const outages = states.filter((state) => state.type === 'disconnected')
    expect(outages.map(({ why }) => why)).toEqual(['Starting.', 'Starting.', 'Starting.'])
    expect(new Set(outages.map(({ since }) => since)).size).toBe(1)
  })

  it.each([401, 403])(
    'says that the token is refused (%i), and comes back when it is taken',
    async (status) => {
      const hub = await serve(refuse(status, 'No.'), speak('data: a\n\n'))
      const { states, events } = open(hub.url)
      await waitFor('an event', () => events.length === 1)
      expect(states).toEqual([
        { type: 'connecting' },
        { type: 'refused', status, why: 'No.' },
        { type: 'connected' },
      ])
    },
  )

  it('does not take a page for a stream', async () => {
    const hub = await serve((response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello'),
    )
    const { states, events } = open(hub.url)
    const why = 'there is no AAL hub at this address'
    await waitFor('that', () => states.find((state) => state.type === 'disconnected' && state.why === why))
    expect(events).toEqual([])
  })

  it('says nothing more once it is closed', async () => {
    const { states, stream } = open(`http://127.0.0.1:${await freePort()}`)
    await waitFor('an attempt', () => states.find(({ type }) => type === 'disconnected'))
    stream.close()
    const { length } = states
    await new Promise((fulfil) => setImmediate(fulfil))
    expect(states).toHaveLength(length)
  })
})

describe('backOff', () => {
  it('doubles from a second to a minute, less up to half by chance', () => {
    const all = [1, 2, 3, 7, 100]
    expect(all.map((failures) => backOff(failures, () => 1))).toEqual([1000, 2000, 4000, 60_000, 60_000])
    expect(all.map((failures) => backOff(failures, () => 0))).toEqual([500, 1000, 2000, 30_000, 30_000])
  })
})

describe('openAnswer', () => {
  it('gives up a hub that says nothing any more, and says so', async () => {
    const hub = await serve(speak('data: a\n\n'))
    const address = { url: new URL(hub.url), token: 'aal_1', tls: {} }
    const answer = await openAnswer(address, 'GET', '/', { silentMs: 50 })
    const pieces: string[] = []
    const read = async () => {
      for await (const piece of answer) pieces.push(String(piece))
    }
    await expect(read()).rejects.toThrow('it has said nothing for 0.05 s')
    expect(pieces.join('')).toBe('data: a\n\n')
  })
})

describe('whyOf', () => {
  it('has words for a connection that broke, and for a name with several addresses', () => {
    expect(whyOf(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))).toBe('the connection broke')
    expect(whyOf(new AggregateError([new Error('connect ECONNREFUSED ::1:8080')]))).toBe(
      'connect ECONNREFUSED ::1:8080',
    )
  })
})

describe('ask', () => {
  it('trusts a hub over https only by an authority, or what the node says', async () => {
    const { key, cert } = makeCertificate()
    const server = createServer({ key, cert }, (request, response) => {
      response.end(JSON.stringify({ path: request.url }))
    })
    await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
    stops.push(() => server.close())
    const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/behind/`)
    const hub = (tls: object) => ({ url, token: 'aal_1', tls })
    await expect(ask(hub({}), 'GET', '/api/alerts')).rejects.toThrow('self-signed certificate')
    expect(await ask(hub({ ca: cert }), 'GET', '/api/alerts')).toEqual({ path: '/behind/api/alerts' })
    expect(await ask(hub({ rejectUnauthorized: false }), 'GET', '/')).toEqual({ path: '/behind/' })
  })

  it('says what a hub says when it refuses, and the status where a proxy answered', async () => {
    const hub = await serve(refuse(409, 'It is resolved already.'), (response) =>
      response.writeHead(502).end('<h1>'),
    )
    const address = { url: new URL(hub.url), token: 'aal_1', tls: {} }
    await expect(ask(address, 'POST', '/', {})).rejects.toMatchObject({
      status: 409,
      message: 'It is resolved already.',
    })
    await expect(ask(address, 'POST', '/', {})).rejects.toMatchObject({
      status: 502,
      message: 'it answered 502',
    })
  })
})
