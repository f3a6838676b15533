import { createHash } from 'node:crypto'
import type { Gateway } from './gateway.ts'
import type { SimulatedHome } from './home-plan.ts'
import { createLiveHome } from './live-home.ts'
import type { LiveHome } from './live-home.ts'
import type { Order } from './order.ts'
import { createDrift } from './troubles.ts'

/** Connections that are being made at the same time: a hub is not meant to meet a thousand in one second. */
const AT_ONCE = 32

export interface FleetOptions {
  readonly homes: readonly SimulatedHome[]
  /** Of a home; not yet connected. */
  readonly createGateway: (home: SimulatedHome, reconnectEvery: number) => Gateway
  /** ms since 1970. */
  readonly wall: () => number
  readonly speed: number
  readonly hasDropouts: boolean
  readonly hasDrift: boolean
  readonly signal: AbortSignal
  readonly onLink: (home: string, isUp: boolean) => void
}

/** Many homes in one process, each with a connection of its own. */
export interface Fleet {
  /**
   * Connects them, some at a time; each is lived in as soon as it is connected.
   * @throws when one cannot connect, or when it is aborted
   */
  start(onConnected: (count: number) => void): Promise<void>
  carryOut(order: Order): { readonly says: string } | { readonly cannot: string }
  counts(): { readonly connected: number; readonly waiting: number; readonly lost: number }
  stop(): Promise<void>
}

export function createFleet(options: FleetOptions): Fleet {
  const { homes, signal } = options
  const gateways: Gateway[] = []
  const live = new Map<string, LiveHome>()
  let isStopped = false

  async function connect(home: SimulatedHome): Promise<void> {
    const gateway = options.createGateway(home, reconnectEvery(home.id))
    gateways.push(gateway)
    await gateway.start()
    if (isStopped) return
    const drift = options.hasDrift ? createDrift(home.household.seed) : () => 0
    const lived = createLiveHome({
      home,
      gateway,
      wall: options.wall,
      speed: options.speed,
      hasDropouts: options.hasDropouts,
      clockError: drift,
      onLink: (isUp) => options.onLink(home.id, isUp),
    })
    live.set(home.id, lived)
    lived.start()
  }

  return {
    async start(onConnected) {
      // All take from one list.
      const next = homes.values()
      const work = async (): Promise<void> => {
        for (const home of next) {
          signal.throwIfAborted()
          if (isStopped) return
          await connect(home)
          onConnected(live.size)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
    },
    carryOut(order) {
      const home = live.get(order.home)
      if (!home) return { cannot: `${order.home} is not lived in` }
      switch (order.does) {
        case 'incident': {
          const incident = home.incident(order.name, order.lasts)
          return incident
            ? { says: incident.says }
            : { cannot: `it has no sensor that could show "${order.name}"` }
        }
        case 'battery': {
          const why = home.drain(order.sensor, order.battery)
          return why === undefined
            ? { says: `the battery of ${order.sensor} is at ${order.battery} %` }
            : { cannot: why }
        }
        case 'clock':
          home.shiftClock(order.by)
          return { says: "the gateway's clock goes wrong" }
        case 'end':
          home.endIncidents()
          return { says: 'whatever went on is over' }
      }
    },
    counts() {
      const counts = { connected: 0, waiting: 0, lost: 0 }
      for (const { isConnected, waiting, lost } of gateways) {
        if (isConnected) counts.connected++
        counts.waiting += waiting
        counts.lost += lost
      }
      return counts
    },
    async stop() {
      isStopped = true
      for (const one of live.values()) one.stop()
      await Promise.all(gateways.map((gateway) => gateway.stop()))
    },
  }
}

/** 1 to 4 s, each home another: after a break they do not all come at once. */
function reconnectEvery(home: string): number {
  return 1000 + (createHash('sha256').update(home).digest().readUInt16LE(0) % 3000)
}
