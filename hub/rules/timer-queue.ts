interface Entry {
  readonly due: number
  readonly key: string
}

/**
 * Timers by key, in order of due time, then key. Putting a timer off is cheap: its old place in the queue is
 * found out when it comes up. A look at what is due costs what is due, not what exists.
 */
export interface TimerQueue {
  /** Sets, moves or (with undefined) removes a timer. */
  set(key: string, due: number | undefined): void
  /** Takes out the first timer that is due at `now`, if any. */
  take(now: number): Entry | undefined
  /** When the next timer may be due; at the earliest: it may have been put off. */
  next(): number | undefined
  readonly size: number
}

/** Times in ms; Infinity: none. */
interface Timer {
  readonly key: string
  due: number
  /** Where it stands in the heap: at or before its due time. Other places of it are void. */
  place: number
}

interface Place {
  readonly at: number
  readonly timer: Timer
}

export function createTimerQueue(): TimerQueue {
  const timers = new Map<string, Timer>()
  const heap: Place[] = []
  let size = 0

  const before = (a: Place, b: Place): boolean => a.at < b.at || (a.at === b.at && a.timer.key < b.timer.key)

  function push(place: Place): void {
    let index = heap.push(place) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (!above || !before(place, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = place
  }

  function pop(): void {
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const left = heap[child]
      if (!left) break
      const right = heap[child + 1]
      if (right && before(right, left)) child++
      const least = heap[child]
      if (!least || !before(least, last)) break
      heap[index] = least
      index = child
    }
    heap[index] = last
  }

  function queue(timer: Timer): void {
    timer.place = timer.due
    push({ at: timer.due, timer })
  }

  function remove(timer: Timer): void {
    timer.place = Infinity
    timers.delete(timer.key)
  }

  /** Drops and moves places at the head until the head is a timer as it now is. */
  function settle(): Timer | undefined {
    for (;;) {
      const head = heap[0]
      if (!head) return undefined
      const { timer } = head
      const isPlace = timer.place === head.at
      if (isPlace && timer.due === head.at) return timer
      pop()
      if (!isPlace) continue
      if (timer.due === Infinity) remove(timer)
      else queue(timer)
    }
  }

  return {
    set(key, due = Infinity) {
      let timer = timers.get(key)
      if (!timer) {
        if (due === Infinity) return
        timer = { key, due: Infinity, place: Infinity }
        timers.set(key, timer)
      }
      if (timer.due === Infinity) size++
      timer.due = due
      if (due === Infinity) size--
      else if (due < timer.place) queue(timer)
    },
    take(now) {
      const timer = settle()
      if (!timer || timer.due > now) return undefined
      const { key, due } = timer
      pop()
      remove(timer)
      timer.due = Infinity
      size--
      return { key, due }
    },
    next: () => heap[0]?.at,
    get size() {
      return size
    },
  }
}
