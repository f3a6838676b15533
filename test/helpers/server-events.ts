/** One event of a stream. */
export interface ServerEvent {
  readonly event: string
  readonly id: string
  /** What a test looks into as it likes. */
  readonly data: ReturnType<typeof JSON.parse>
}

/** A stream of server-sent events that is open. */
export interface EventStream {
  /** The next event that is no beat; rejects when the stream ends before, or in time. */
  next(): Promise<ServerEvent>
  /** The next so many of one name. */
  take(event: string, count: number): Promise<readonly ServerEvent[]>
  /** Every event so far. */
  readonly all: readonly ServerEvent[]
  readonly ended: Promise<void>
  close(): void
}

/** @param url with its query */
export async function openEvents(url: string, token: string, lastId?: string): Promise<EventStream> {
  const abort = new AbortController()
  const answer = await fetch(url, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    },
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  const all: ServerEvent[] = []
  let given = 0
  let isOver = false
  let wake: () => void = () => {}
  const read = async (): Promise<void> => {
    let text = ''
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        text = text.slice(end + 2)
        all.push({
          event: lines.get('event') ?? '',
          id: lines.get('id') ?? '',
          data: JSON.parse(lines.get('data') ?? 'null'),
        })
        wake()
      }
    }
  }
  const ended = read()
    .catch(() => {})
    .then(() => {
      isOver = true
      wake()
    })

  async function next(): Promise<ServerEvent> {
    const timeout = AbortSignal.timeout(10_000)
    for (;;) {
      const one = all[given]
      if (one) {
        given++
        if (one.event === 'beat') continue
        return one
      }
      if (isOver) throw new Error('The stream ended')
      await new Promise<void>((resolve, reject) => {
        wake = resolve
        timeout.addEventListener('abort', () => reject(new Error(`Nothing came after ${given} events`)))
      })
    }
  }

  return {
    next,
    async take(event, count) {
      const found: ServerEvent[] = []
      while (found.length < count) {
        const one = await next()
        if (one.event === event) found.push(one)
      }
      return found
    },
    all,
    ended,
    close: () => abort.abort(),
  }
}
