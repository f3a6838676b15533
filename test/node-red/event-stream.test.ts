import { describe, expect, it } from 'vitest'
import { createEventStreamParser } from '../../hub/node-red/lib/event-stream.js'
import type { StreamEvent } from '../../hub/node-red/lib/event-stream.js'

/** Reads a text that comes in pieces of this many characters. */
function read(text: string, size: number): StreamEvent[] {
  const events: StreamEvent[] = []
  const take = createEventStreamParser((event) => events.push(event))
  for (let at = 0; at < text.length; at += size) take(text.slice(at, at + size))
  return events
}

const STREAM = [
  '\u{FEFF}retry: 2000',
  ': a comment',
  'id: 7.1',
  'event: transition',
  'data: {"a":',
  'data:1}',
  '',
  'data: æøå',
  '',
  'id: 9',
  '',
  'id: with\0zero',
  'event',
  'data',
  '',
  'data: cut off',
].join('\n')

const EVENTS = [
  { type: 'transition', data: '{"a":\n1}', id: '7.1' },
  { type: 'message', data: 'æøå', id: undefined },
  { type: 'message', data: '', id: undefined },
]

describe('createEventStreamParser', () => {
  it.each([1, 2, 3, 7, 1000])('reads a stream in pieces of %i, and passes on what is whole', (size) => {
    expect(read(STREAM, size)).toEqual(EVENTS)
  })

  it.each(['\r\n', '\r'])('takes lines that end with %j', (end) => {
    for (const size of [1, 2, 1000]) expect(read(STREAM.replaceAll('\n', end), size)).toEqual(EVENTS)
  })
})
