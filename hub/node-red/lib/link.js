import { queryFor } from './matches.js'
import { ask, RefusedError } from './request.js'
import { openStream } from './stream.js'

/**
 * @typedef {import('./stream.js').StreamState} StreamState
 *
 * @typedef {object} Stream
 * @property {string} path
 * @property {Readonly<Record<string, string>>} query what of its listeners' filters the hub looks at, as it calls it
 *
 * @typedef {object} Listener
 * @property {Readonly<Record<string, readonly string[]>>} filter
 * @property {(event: import('./event-stream.js').StreamEvent) => void} onEvent
 * @property {(state: StreamState) => void} onState
 *
 * @typedef {object} Place Where a stream goes on: the id of its newest event.
 * @property {(stream: string) => string | undefined} get
 * @property {(stream: string, id: string | undefined) => void} set
 */

/**
 * The streams. Transitions are few, so that all come and each node takes its own; readings may be thousands a second.
 * @type {Readonly<Record<'transitions' | 'readings', Stream>>}
 */
const STREAMS = {
  transitions: { path: '/api/live/transitions', query: {} },
  readings: {
    path: '/api/live/readings',
    query: { homes: 'home', areas: 'area', sensors: 'sensor', kinds: 'kind' },
  },
}

/**
 * What the nodes of one hub have in common: one stream of each sort, however many listen, and the API.
 * @param {import('./request.js').HubAddress} address
 * @param {Place} place
 * @param {object} says of any of the streams
 * @param {(state: StreamState, before: StreamState) => void} says.onState
 * @param {(error: unknown) => void} says.onFault what a listener threw: the others, and what comes next, go on
 */
export function createLink(address, place, { onState, onFault }) {
  /** @type {Map<keyof typeof STREAMS, { listeners: Set<Listener>, state: StreamState, open?: { query: string, close(): void } }>} */
  const streams = new Map()
  /** Of requests under way. */
  const over = new AbortController()

  return {
    over: over.signal,

    /**
     * From the next `openAll` on.
     * @param {keyof typeof STREAMS} name
     * @param {Listener} listener
     * @returns {() => void} ends it
     */
    listen(name, listener) {
      const stream = streams.get(name) ?? { listeners: new Set(), state: { type: 'connecting' } }
      streams.set(name, stream)
      stream.listeners.add(listener)
      listener.onState(stream.state)
      return () => {
        stream.listeners.delete(listener)
        if (stream.listeners.size > 0) return
        stream.open?.close()
        streams.delete(name)
      }
    },

    /** Opens the streams that somebody listens to, and those anew that are asked for something else than before. */
    openAll() {
      for (const [name, stream] of streams) {
        const query = queryFor(
          [...stream.listeners].map(({ filter }) => filter),
          STREAMS[name].query,
        )
        if (stream.open?.query === query) continue
        stream.open?.close()
        const { close } = openStream({
          hub: address,
          path: STREAMS[name].path + query,
          lastId: { get: () => place.get(name), set: (id) => place.set(name, id) },
          onEvent: (event) => {
            for (const { onEvent } of stream.listeners) {
              try {
                onEvent(event)
              } catch (error) {
                onFault(error)
              }
            }
          },
          onState: (state) => {
            onState(state, stream.state)
            stream.state = state
            for (const listener of stream.listeners) listener.onState(state)
          },
        })
        stream.open = { query, close }
      }
    },

    /**
     * Asks the hub, and waits for its answer.
     * @param {string} method
     * @param {string} path
     * @param {unknown} [body]
     * @throws {RefusedError} when it refuses
     */
    ask: (method, path, body) => ask(address, method, path, body),

    close() {
      over.abort()
      for (const { open } of streams.values()) open?.close()
      streams.clear()
    },
  }
}

/** @typedef {ReturnType<typeof createLink>} Link */

/** Is it worth trying again, with the same words? What a hub refuses it refuses again. */
export function isPassing(/** @type {unknown} */ error) {
  return !(error instanceof RefusedError) || error.status === 429 || error.status >= 500
}
