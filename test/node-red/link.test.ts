import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createLink } from '../../hub/node-red/lib/link.js'
import type { Transition } from '../../hub/node-red/lib/matches.js'
import { listen } from '../helpers/listen.ts'
import { waitFor } from '../helpers/wait-for.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

const TAKEN = { id: 'a-2', rule: 'fall', category: 'safety', home: 'h-2', homeArea: 'Alta', severity: 'high' }
const OPEN = [
  { ...TAKEN, handling: 'acknowledged', raisedAt: 20, handledBy: 'operator:siv', handledAt: 25, test: true },
  { id: 'a-1', rule: 'from:x', category: 'technical', severity: 'low', handling: 'new', raisedAt: 10 },
]

/** A hub whose stream says this each time it is opened, and that refuses the first so many questions for alerts. */
async function serve(stream: string, refused = 0) {
  const asked: string[] = []
  const streams: ServerResponse[] = []
  const server = await listen(({ url = '', headers }, response) => {
    asked.push(`${url} ${String(headers['last-event-id'] ?? '-')}`)
    if (url !== '/api/alerts') {
      streams.push(response)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(stream)
    } else if (asked.filter((one) => one.startsWith(url + ' ')).length <= refused) {
      response.writeHead(503).end()
    } else response.end(JSON.stringify({ now: 30, alerts: OPEN }))
  })
  stops.push(server.stop)
  return { url: server.url, asked }
}

const event = (type: string, id: number, data: object = {}) =>
  `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`

function linkTo(url: string, id?: string) {
  const places: (string | undefined)[] = [id]
  const link = createLink(
    { url: new URL(url), token: 'aal_1', tls: {} },
    { get: () => places.at(-1), set: (_stream, next) => places.push(next) },
    { onState: () => {}, onFault: () => {} },
  )
  stops.push(() => link.close())
  /** What a listener hears, in its order. */
  const hear = (isNew = false) => {
    const heard: string[] = []
    const known: Transition[] = []
    link.listen('transitions', {
      filter: {},
      onState: () => {},
      onEvent: ({ type }) => heard.push(type),
      isNew: () => isNew,
      onKnown: (open) => {
        heard.push(`known ${open.map(({ alert }) => alert.id).join(' ')}`)
        known.push(...open)
        isNew = false
      },
    })
    return { heard, known }
  }
  return { link, hear, places }
}

describe('createLink', () => {
  it('tells what is open already where a stream begins, oldest first, before what comes after it', async () => {
    const hub = await serve(event('hello', 5) + event('transition', 6))
    const { link, hear, places } = linkTo(hub.url)
    const { heard, known } = hear()
    link.openAll()
    await waitFor('a transition', () => heard.includes('transition'))
    expect(heard).toEqual(['hello', 'known a-1 a-2', 'transition'])
    expect(known).toEqual([
      { what: 'raised', at: 10, by: 'hub', via: 'hub', severity: 'low', alert: OPEN[1], known: true },
      {
        what: 'acknowledged',
        at: 25,
        by: 'operator:siv',
        via: 'hub',
        severity: 'high',
        test: true,
        area: 'Alta',
        alert: OPEN[0],
        known: true,
      },
    ])
    expect(places).toEqual([undefined, '5', '6'])
  })

  it('tells it after a gap, and of a stream that only goes on nothing but to whom it is new', async () => {
    const goesOn = await serve(event('hello', 5) + event('transition', 6))
    const { link, hear } = linkTo(goesOn.url, '5')
    const old = hear()
    link.openAll()
    await waitFor('a transition', () => old.heard.includes('transition'))
    const late = hear(true)
    link.openAll()
    await waitFor('a transition', () => late.heard.includes('transition'))
    // Nothing is new any more.
    link.openAll()
    expect(old.heard).toEqual(['hello', 'transition', 'hello', 'transition'])
    expect(late.heard).toEqual(['hello', 'known a-1 a-2', 'transition'])
    expect(goesOn.asked).toEqual(['/api/live/transitions 5', '/api/live/transitions 6', '/api/alerts -'])

    const gap = await serve(event('hello', 50) + event('gap', 50) + event('transition', 51))
    const after = linkTo(gap.url, '5')
    const { heard } = after.hear()
    after.link.openAll()
    await waitFor('a transition', () => heard.includes('transition'))
    expect(heard).toEqual(['hello', 'gap', 'known a-1 a-2', 'transition'])
  })

  it('comes back to a gap when the hub does not say what is open', async () => {
    const hub = await serve(event('hello', 50) + event('gap', 50) + event('transition', 51), 1)
    const { link, hear, places } = linkTo(hub.url, '5')
    const { heard } = hear()
    link.openAll()
    await waitFor('a transition', () => heard.includes('transition'))
    expect(heard).toEqual(['hello', 'hello', 'gap', 'known a-1 a-2', 'transition'])
    expect(hub.asked.filter((one) => one.includes('live'))).toEqual([
      '/api/live/transitions 5',
      '/api/live/transitions 5',
    ])
    expect(places).toEqual(['5', '50', '51'])
  })
})
