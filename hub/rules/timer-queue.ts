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

export function createTimerQueue(): TimerQueue {
  const due = new Map<string, number>()
  /** Where each key stands in the heap: at or before its due time. Other entries of the key are void. */
  const place = new Map<string, number>()
  const heap: Entry[] = []

  const before = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.key < b.key)

  function push(entry: Entry): void {
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (!above || !before(entry, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
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

  /** Drops and moves places at the head until the head is a timer as it now is. */
  function settle(): Entry | undefined {
    for (;;) {
      const head = heap[0]
      if (!head) return undefined
      const real = due.get(head.key)
      const isPlace = place.get(head.key) === head.due
      if (isPlace && real === head.due) return head
      pop()
      if (!isPlace) continue
      if (real === undefined) place.delete(head.key)
      else queue(head.key, real)
    }
  }

  function queue(key: string, time: number): void {
    place.set(key, time)
    push({ due: time, key })
  }

  return {
    set(key, time) {
      if (time === undefined) {
        due.delete(key)
        return
      }
      due.set(key, time)
      const known = place.get(key)
      if (known === undefined || time < known) queue(key, time)
    },
    take(now) {
      const head = settle()
      if (!head || head.due > now) return undefined
      pop()
      due.delete(head.key)
      place.delete(head.key)
      return head
    },
    next: () => heap[0]?.due,
    get size() {
      return due.size
    },
  }
}
