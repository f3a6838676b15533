/** What one gateway may send, in messages; one of more than 1 kB counts once for each kB. */
export interface GatewayRate {
  /** A second, for as long as it likes. */
  readonly rate: number
  /** So many more, when it has been quiet: what a box kept while its link was down. It is refilled at `rate`. */
  readonly backlog: number
}

/** Who waits for a turn, and for what. */
export interface TurnsFacts {
  /** Gateways that wait, messages of theirs, and the bytes of these. */
  readonly gateways: number
  readonly messages: number
  readonly bytes: number
  /** Gateways that have used up their backlog: their messages are taken at `rate`. */
  readonly held: number
}

export interface Lane<T> {
  readonly gateway: string
  /** What it may send before others go first. */
  now: number
  /** What it may send before it is held to its rate. */
  more: number
  refilledAt: number
  /** The first that waits is at `next`. */
  waiting: Turn<T>[]
  next: number
  bytes: number
}

interface Turn<T> {
  readonly item: T
  /** Bytes. */
  readonly size: number
}

/**
 * Whose message is taken next. A gateway within its rate is heard at once. One that sends more waits behind all others, and
 * shares with its like what is left of each turn; one that sends more than any backlog is taken at its rate. Nothing is
 * dropped: what waits has no PUBACK, and as long as it waits no more is read from that gateway's connections (aedes reads
 * on when all of a read is done), so that the sender slows down.
 *
 * A turn is what shares one commit. It is bounded, so that whoever comes in the middle of a flood waits for one turn.
 */
export interface Turns<T> {
  lane(gateway: string): Lane<T>
  /** Whether a message may be taken at once. If not, `wait`; else it counts as taken. */
  goes(lane: Lane<T>, size: number): boolean
  /** Takes it later; of one gateway in the order in which they came. */
  wait(lane: Lane<T>, item: T, size: number): void
  facts(): TurnsFacts
  /** Takes what is waiting from gateways within their rate; the rest has no PUBACK, and comes again. */
  stop(): void
}

export interface TurnsParts<T> {
  readonly limits: GatewayRate
  readonly take: (item: T) => void
  readonly now: () => number
  /** Whether the disk is behind with what was taken: then the next turn waits. */
  readonly isBehind: () => boolean
  /** A gateway floods, or does not any more. */
  readonly onFlood: (gateway: string, isFlooding: boolean) => void
}

/** Messages within the rate that one commit holds at most; more wait for the next. */
export const TURN = 2048
/** Messages of those that send more, in each commit. Large enough that a commit is worth its fsync. */
export const SHARE = 1024
/** So many of one gateway, then the next one's. */
const IN_A_ROW = 8
/** What a gateway may send at once without waiting behind others, in seconds of its rate: all its sensors after a power cut. */
const AT_ONCE = 4
/** It floods no longer when it could have sent so much again, in seconds of its rate. */
const CALM = 30

export function createTurns<T>({ limits, take, now, isBehind, onFlood }: TurnsParts<T>): Turns<T> {
  const { rate, backlog } = limits
  const atOnce = rate * AT_ONCE
  const most = backlog + atOnce
  const calm = Math.min(most / 2, rate * CALM)
  const lanes = new Map<string, Lane<T>>()
  /** With something that waits. */
  const ready = new Set<Lane<T>>()
  /** The same, and only time helps. */
  const held = new Set<Lane<T>>()
  const floods = new Set<Lane<T>>()
  let spent = 0
  let turnAt = now()
  let isOpen = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  function refill(lane: Lane<T>): void {
    const passed = turnAt - lane.refilledAt
    if (passed <= 0) return
    lane.refilledAt = turnAt
    const fresh = (passed * rate) / 1000
    lane.now = Math.min(atOnce, lane.now + fresh)
    lane.more = Math.min(most, lane.more + fresh)
  }

  function open(): void {
    if (isOpen) return
    isOpen = true
    turnAt = now()
    // Behind the commit of what is taken now, which is submitted before the next microtask.
    queueMicrotask(() => setImmediate(turn))
  }

  function spend(lane: Lane<T>, size: number): number {
    const cost = size <= 1024 ? 1 : Math.ceil(size / 1024)
    lane.now -= cost
    lane.more -= cost
    return cost
  }

  function takeNext(lane: Lane<T>): number {
    const turnOf = lane.waiting[lane.next]
    if (!turnOf) return 0
    lane.next++
    lane.bytes -= turnOf.size
    if (lane.next === lane.waiting.length) {
      lane.waiting = []
      lane.next = 0
      ready.delete(lane)
    } else if (lane.next >= 1024) {
      lane.waiting = lane.waiting.slice(lane.next)
      lane.next = 0
    }
    const cost = spend(lane, turnOf.size)
    take(turnOf.item)
    return cost
  }

  function turn(): void {
    if (isStopped) return
    if (ready.size > 0 && isBehind()) {
      clearTimeout(timer)
      timer = setTimeout(turn, 1)
      return
    }
    isOpen = false
    spent = 0
    turnAt = now()
    for (const lane of held) {
      refill(lane)
      if (lane.more <= 0) continue
      held.delete(lane)
      ready.add(lane)
    }
    takeWithinRate()
    takeShared()
    for (const lane of floods) {
      refill(lane)
      if (lane.next < lane.waiting.length || lane.more < calm) continue
      floods.delete(lane)
      onFlood(lane.gateway, false)
    }
    if (ready.size > 0) open()
    else if (held.size > 0 || floods.size > 0) {
      clearTimeout(timer)
      timer = setTimeout(turn, held.size > 0 ? Math.max(1, Math.ceil(1000 / rate)) : 1000)
      timer.unref()
    }
  }

  function takeWithinRate(): void {
    for (const lane of ready) {
      refill(lane)
      while (lane.now > 0 && lane.more > 0 && spent < TURN) {
        const cost = takeNext(lane)
        if (cost === 0) break
        spent += cost
      }
      if (spent >= TURN) return
    }
  }

  function takeShared(): void {
    let left = SHARE
    for (const lane of ready) {
      let inARow = 0
      while (inARow < IN_A_ROW && lane.more > 0) {
        const cost = takeNext(lane)
        if (cost === 0) break
        inARow += cost
      }
      left -= inARow
      // The others come first; a set goes on with what is added while one looks through it.
      if (ready.delete(lane)) {
        if (lane.more > 0) ready.add(lane)
        else hold(lane)
      }
      if (left <= 0) return
    }
  }

  function hold(lane: Lane<T>): void {
    ready.delete(lane)
    held.add(lane)
    if (floods.has(lane)) return
    floods.add(lane)
    onFlood(lane.gateway, true)
  }

  return {
    lane(gateway) {
      const known = lanes.get(gateway)
      if (known) return known
      const lane: Lane<T> = {
        gateway,
        now: atOnce,
        more: most,
        refilledAt: turnAt,
        waiting: [],
        next: 0,
        bytes: 0,
      }
      lanes.set(gateway, lane)
      return lane
    },
    goes(lane, size) {
      open()
      refill(lane)
      if (lane.waiting.length > 0 || lane.now <= 0 || lane.more <= 0 || spent >= TURN) return false
      spent += spend(lane, size)
      return true
    },
    wait(lane, item, size) {
      if (isStopped) return
      lane.waiting.push({ item, size })
      lane.bytes += size
      if (!held.has(lane)) ready.add(lane)
    },
    facts() {
      let messages = 0
      let bytes = 0
      for (const set of [ready, held]) {
        for (const lane of set) {
          messages += lane.waiting.length - lane.next
          bytes += lane.bytes
        }
      }
      return { gateways: ready.size + held.size, messages, bytes, held: held.size }
    },
    stop() {
      if (isStopped) return
      clearTimeout(timer)
      turnAt = now()
      spent = 0
      takeWithinRate()
      isStopped = true
    },
  }
}
