/** What a gateway has to send: in order, so many under way at once, kept while there is no link. */
export interface Backlog<T> {
  add(item: T): void
  /** There is a link. */
  open(): void
  /** There is none; what is under way is still somebody's to deliver. */
  pause(): void
  /** There is none, and what was under way is lost with it: it is sent again first, in order. */
  takeBack(): void
  /** Not yet acknowledged. */
  readonly size: number
  /** Dropped, the oldest first, because there was no room. */
  readonly lost: number
}

export interface BacklogOptions<T> {
  /** `done` is called once, when it is acknowledged or given up. */
  readonly send: (item: T, done: () => void) => void
  /** Under way at once; as many as Mosquitto's `max_inflight_messages`. */
  readonly window?: number
  /** Kept at most. */
  readonly most?: number
}

export function createBacklog<T>({ send, window = 20, most = 10_000 }: BacklogOptions<T>): Backlog<T> {
  let waiting: { readonly item: T }[] = []
  /** In the order in which they were sent. */
  const underWay = new Set<{ readonly item: T }>()
  let isOpen = false
  let lost = 0

  const hasRoom = (): boolean => isOpen && underWay.size < window

  function pump(): void {
    while (hasRoom()) {
      const entry = waiting.shift()
      if (!entry) return
      underWay.add(entry)
      send(entry.item, () => {
        // Taken back meanwhile: this answer is not about the one that is sent again.
        if (underWay.delete(entry)) pump()
      })
    }
  }

  return {
    add(item) {
      waiting.push({ item })
      if (waiting.length > most) {
        waiting.shift()
        lost++
      }
      pump()
    },
    open() {
      isOpen = true
      pump()
    },
    pause() {
      isOpen = false
    },
    takeBack() {
      isOpen = false
      // Entries of their own: a late answer to the first sending finds nothing to take off.
      waiting = [...[...underWay].map(({ item }) => ({ item })), ...waiting]
      underWay.clear()
    },
    get size() {
      return waiting.length + underWay.size
    },
    get lost() {
      return lost
    },
  }
}
