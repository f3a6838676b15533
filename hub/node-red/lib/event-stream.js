/**
 * @typedef {object} StreamEvent One event of an event stream.
 * @property {string} type `message` when the stream gives none
 * @property {string} data its lines with \n between them
 * @property {string | undefined} id its own, where it has one: where a stream that comes back goes on
 */

/**
 * Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream)
 * from text that comes in pieces, which may end anywhere.
 * @param {(event: StreamEvent) => void} onEvent
 * @returns {(piece: string) => void} takes the next piece
 */
export function createEventStreamParser(onEvent) {
  let rest = ''
  let isFirst = true
  /** @type {string | undefined} */
  let id
  let type = ''
  /** @type {string[]} */
  let data = []

  return (piece) => {
    rest += piece
    if (isFirst && rest !== '') {
      isFirst = false
      if (rest.startsWith('\u{FEFF}')) rest = rest.slice(1)
    }
    for (;;) {
      const end = /\r\n|\n|\r/.exec(rest)
      // A \r at the very end may be the first half of \r\n.
      if (!end || (end[0] === '\r' && end.index === rest.length - 1)) return
      const line = rest.slice(0, end.index)
      rest = rest.slice(end.index + end[0].length)
      takeLine(line)
    }
  }

  function takeLine(/** @type {string} */ line) {
    if (line === '') {
      if (data.length > 0) onEvent({ type: type || 'message', data: data.join('\n'), id })
      type = ''
      data = []
      id = undefined
      return
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    if (field === 'event') type = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) id = value
  }
}
