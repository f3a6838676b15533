import { askKnown } from './known.js'
import { queryFor } from './matches.js'
import { ask, RefusedError } from './request.js'
import { openStream } from './stream.js'

/**
 * @typedef {import('./stream.js').StreamState} StreamState
 *
 * @typedef {object} Stream
 * @property {string} path
 * @property {Readonly<Record<string, string>>} query what of its listeners' filters the hub looks at, as it calls it
 * @property {typeof askKnown} [known] asks for what no stream tells: what was so before it begins
 *
 * @typedef {object} Listener
 * @property {Readonly<Record<string, readonly string[]>>} filter
 * @property {(event: import('./event-stream.js').StreamEvent) => void} onEvent
 * @property {(state: StreamState) => void} onState
 * @property {(open: readonly import('./matches.js').Transition[]) => void} [onKnown] what is so already: when the stream
 * begins, goes on behind a gap, or the listener is new to it; before what comes after that
 * @property {() => boolean} [isNew] it was never told what is so already
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
  transitions: { path: '/api/live/transitions', query: {}, known: askKnown },
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
        const isAnyNew = () => [...stream.listeners].some(({ isNew }) => isNew?.())
        if (stream.open?.query === query && !isAnyNew()) continue
        stream.open?.close()
        const { path, known } = STREAMS[name]
        const tellAll = (/** @type {(listener: Listener) => void} */ tell) => {
          for (const listener of stream.listeners) {
            try {
              tell(listener)
            } catch (error) {
              onFault(error)
            }
          }
        }
        const { close } = openStream({
          hub: address,
          path: path + query,
          lastId: { get: () => place.get(name), set: (id) => place.set(name, id) },
          onEvent: (event, { isResumed, signal }) => {
            const isForAll = event.type === 'gap' || (event.type === 'hello' && !isResumed)
            const isWanted = isForAll || (event.type === 'hello' && isAnyNew())
            if (!known || !isWanted) return tellAll(({ onEvent }) => onEvent(event))
            // First the answer: without it all of this is told when the stream comes back.
            return known(address).then((open) => {
              if (signal.aborted) return
              tellAll(({ onEvent }) => onEvent(event))
              tellAll(({ isNew, onKnown }) => {
                if (isForAll || isNew?.()) onKnown?.(open)
              })
            })
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
