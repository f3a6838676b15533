import { backOff } from './back-off.js'
import { createEventStreamParser } from './event-stream.js'
import { openAnswer, RefusedError } from './request.js'
import { wait } from './wait.js'
import { whyOf } from './why-of.js'

/**
 * @typedef {{ type: 'connecting' }
 *   | { type: 'connected' }
 *   | { type: 'disconnected', since: number, why: string }
 *   | { type: 'refused', status: number, why: string }} StreamState
 *
 * @typedef {object} StreamOptions
 * @property {import('./request.js').HubAddress} hub
 * @property {string} path of the stream, with what it is asked for
 * @property {{ get(): string | undefined, set(id: string | undefined): void }} lastId where to go on; kept by whoever opens it
 * @property {(event: import('./event-stream.js').StreamEvent, from: { isResumed: boolean, signal: AbortSignal }) => unknown} onEvent
 * what comes next waits for it; where it fails the stream comes back, and goes on before this event
 * @property {(state: StreamState) => void} onState called when it changes
 * @property {(failures: number) => number} [pause] how long to wait after so many failures in a row, ms
 */

/**
 * Keeps one event stream of a hub open: comes back by itself, and goes on after the last event that it passed on.
 * @param {StreamOptions} options
 * @returns {{ close(): void }}
 */
export function openStream({ hub, path, lastId, onEvent, onState, pause = backOff }) {
  const over = new AbortController()
  let failures = 0
  /** Since when nothing is heard of the hub, ms. @type {number | undefined} */
  let since
  void keepOpen()
  return { close: () => over.abort() }

  async function keepOpen() {
    onState({ type: 'connecting' })
    while (!over.signal.aborted) {
      try {
        await readOnce()
        throw new Error('the hub closed the stream')
      } catch (error) {
        if (over.signal.aborted) return
        // It would be refused for ever, as if the hub were away.
        if (error instanceof RefusedError && error.status === 400) lastId.set(undefined)
        tell(error)
      }
      failures += 1
      await wait(pause(failures), over.signal)
    }
  }

  async function readOnce() {
    const id = lastId.get()
    const answer = await openAnswer(hub, 'GET', path, {
      signal: over.signal,
      headers: { accept: 'text/event-stream', ...(id !== undefined && { 'last-event-id': id }) },
    })
    // A proxy's page, or what shows its console for every address.
    if (!/^text\/event-stream\b/.test(answer.headers['content-type'] ?? '')) {
      answer.destroy()
      throw new Error('there is no AAL hub at this address')
    }
    since = undefined
    onState({ type: 'connected' })
    /** @type {import('./event-stream.js').StreamEvent[]} */
    const events = []
    const take = createEventStreamParser((event) => events.push(event))
    const from = { isResumed: id !== undefined, signal: over.signal }
    answer.setEncoding('utf8')
    for await (const piece of answer) {
      take(piece)
      for (const event of events.splice(0)) {
        if (over.signal.aborted) return
        const pending = onEvent(event, from)
        // Only where there is something to wait for: else what came in one piece is passed on in one turn.
        if (pending instanceof Promise) await pending
        if (over.signal.aborted) return
        // Only now: a hub that answers and falls over is left alone for longer each time.
        failures = 0
        // A `hello` says a place behind the gap that comes next: that is not there yet.
        const isPlace = event.type !== 'hello' || !from.isResumed
        if (event.id !== undefined && isPlace) lastId.set(event.id)
      }
    }
  }

  function tell(/** @type {unknown} */ error) {
    if (error instanceof RefusedError && (error.status === 401 || error.status === 403)) {
      since = undefined
      onState({ type: 'refused', status: error.status, why: error.message })
      return
    }
    since ??= Date.now()
    onState({ type: 'disconnected', since, why: whyOf(error) })
  }
}
