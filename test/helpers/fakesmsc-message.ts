/** An SMS that reached the fake SMS centre, long ones put together again. */
export interface SentSms {
  readonly from: string
  readonly to: string
  readonly text: string
  /** How many SMS it took. */
  readonly parts: number
}

interface Part {
  readonly from: string
  readonly to: string
  text: string
  /** From the header of a concatenated SMS (3GPP TS 23.040, 9.2.3.24.1). */
  readonly of?: { readonly reference: number; readonly total: number; readonly number: number }
}

/** Reads what Kannel's fakesmsc prints of the messages that it gets. */
export class FakesmscMessages {
  readonly #parts: Part[] = []

  take(line: string): void {
    const message = /Got message \d+: <(.*)>$/.exec(line)?.[1]
    if (message === undefined) return
    const part = parsePart(message)
    const last = this.#parts.at(-1)
    if (part !== undefined) this.#parts.push(part)
    // The fake SMSC speaks in lines: the second line of a text comes as if it were a message of its own.
    else if (last !== undefined) last.text += `\n${message}`
  }

  /** In the order of arrival; a long one when its last part is there. */
  messages(): SentSms[] {
    const messages: SentSms[] = []
    const unfinished: Part[] = []
    for (const part of this.#parts) {
      if (part.of === undefined) {
        messages.push({ from: part.from, to: part.to, text: part.text, parts: 1 })
        continue
      }
      const { reference, total } = part.of
      unfinished.push(part)
      const siblings = unfinished.filter((other) => other.of?.reference === reference && other.to === part.to)
      if (siblings.length < total) continue
      for (const sibling of siblings) unfinished.splice(unfinished.indexOf(sibling), 1)
      siblings.sort((a, b) => (a.of?.number ?? 0) - (b.of?.number ?? 0))
      const text = siblings.map((sibling) => sibling.text).join('')
      messages.push({ from: part.from, to: part.to, text, parts: total })
    }
    return messages
  }
}

/** `from to [udh HEADER] text|data|ucs-2 BODY`; all but a text's body are percent-encoded bytes. */
function parsePart(message: string): Part | undefined {
  const match = /^(\S+) (\S+) (?:udh (\S+) )?(text|data|ucs-2) (.*)$/.exec(message)
  if (match === null) return undefined
  const [, from = '', to = '', header, type, body = ''] = match
  const text =
    type === 'text'
      ? body
      : type === 'data'
        ? bytes(body).toString('utf8')
        : bytes(body).swap16().toString('utf16le')
  if (header === undefined) return { from, to, text }
  const [, , , reference = 0, total = 1, number = 1] = bytes(header)
  return { from, to, text, of: { reference, total, number } }
}

function bytes(encoded: string): Buffer {
  return Buffer.from(
    encoded
      .replaceAll('+', ' ')
      .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}
