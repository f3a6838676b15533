import type { Shedding } from '../broker/shed-readings.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { ReserveFile } from '../database/reserve-file.ts'
import type { Input } from '../model/input.ts'
import { DISK_STAGES } from '../model/system.ts'
import type { DiskStage, DiskState } from '../model/system.ts'
import { lookAtDisk, lookAtDiskNow } from './disk-state.ts'
import type { DiskOptions, LookedAtDisk } from './disk-state.ts'
import { tellNotice } from './notices.ts'

export interface DiskWatchOptions extends DiskOptions {
  readonly core: Pick<RunningCore, 'now' | 'submit' | 'take' | 'openAlerts' | 'alarmsOnlySince'>
  readonly reserve: ReserveFile
  readonly shedding: Shedding
  /** Whether InfluxDB is to be written. */
  readonly writeHistory: (on: boolean) => void
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Sees to it that a disk that fills up costs history first, then readings, and alarms last. */
export interface DiskWatch {
  /** As it was looked at last; undefined where the machine does not say. */
  state(): DiskState | undefined
  /** A commit found no room: gives up the reserve. @returns whether there was any */
  makeRoom(): boolean
  /** The first look is done when it resolves: what is shed now is shed from then on. */
  start(): Promise<void>
  stop(): void
}

const EVERY = 2_000
/** A hub that starts has better to do than to fill a file, where there is room for so many of them. */
const PLENTY = 20
const NOT_BEFORE = 60_000
/** What is not kept is told of once in so long. */
const TOLD_EVERY = 60_000
/** No room although the machine says that there is some (a quota): then it is believed to be full for so long. */
const BELIEVED_FULL = 600_000

export function createDiskWatch(options: DiskWatchOptions): DiskWatch {
  const { core, reserve, shedding, log } = options
  let last: LookedAtDisk | undefined
  let stage: DiskStage = 'ok'
  let fullUntil = 0
  let toldAt = -Infinity
  let isTaking = false
  const startedAt = core.now()
  let takesAgainAt = 0
  let looking: Promise<void> | undefined
  let end: (() => void) | undefined
  let isStopped = false

  const isAtLeast = (one: DiskStage): boolean => DISK_STAGES.indexOf(stage) >= DISK_STAGES.indexOf(one)

  async function look(): Promise<void> {
    const looked = await lookAtDisk(options, stage)
    if (isStopped || !looked) return
    last = looked
    await become(core.now() < fullUntil ? 'reserve-used' : looked.stage, looked)
  }

  async function become(next: DiskStage, looked: LookedAtDisk): Promise<void> {
    const now = core.now()
    const before = stage
    stage = next
    const isShed = isAtLeast('alarms-only')
    if (next === 'reserve-used' && reserve.release()) {
      log.warn({ free: looked.free }, 'the disk is full: the room that was kept for alarms is in use')
    }
    const isNews = next !== before
    if (isNews) {
      const say = isShed ? log.error.bind(log) : next === 'ok' ? log.info.bind(log) : log.warn.bind(log)
      say({ stage: next, before, free: looked.free }, `the disk: ${looked.reason}`)
      options.writeHistory(!isAtLeast('no-history'))
    }
    const isDue = isShed && now - toldAt >= TOLD_EVERY
    if (isDue || isShed !== (core.alarmsOnlySince() !== undefined)) sayShed(isShed)
    // After the stream knows of it, so that nothing is missing that nobody was told of.
    shedding.isOn = isShed
    if (isDue || isNews) {
      toldAt = now
      await tell(looked)
    }
    if (next !== 'reserve-used') takeReserve(looked)
  }

  function sayShed(on: boolean): void {
    const notKept = shedding.take()
    const any = Object.keys(notKept).length > 0
    const since = on ? undefined : core.alarmsOnlySince()
    const input: Input = {
      type: 'shed',
      on,
      ...(since !== undefined && { since }),
      ...(any && { notKept }),
    }
    core.submit([input], () => {})
  }

  async function tell({ reason }: LookedAtDisk): Promise<void> {
    const isFull = isAtLeast('alarms-only')
    const notKept = shedding.total()
    const said = notKept > 0 ? `${reason}; ${notKept} readings were not kept since the hub started` : reason
    const low = { notice: 'hub-disk-low', ...(stage !== 'ok' && !isFull && { reason }) } as const
    const full = { notice: 'hub-disk-full', ...(isFull && { reason: said }) } as const
    await tellNotice(core, full, isFull)
    await tellNotice(core, low, stage !== 'ok' && !isFull)
  }

  /** In the background: it is large. */
  function takeReserve({ free, limits, held }: LookedAtDisk): void {
    const now = core.now()
    if (free > PLENTY * limits.reserve && now < startedAt + NOT_BEFORE) return
    if (isTaking || held >= limits.reserve || now < takesAgainAt) return
    isTaking = true
    reserve
      .take(limits.reserve)
      .catch((cause: unknown) => {
        takesAgainAt = now + TOLD_EVERY
        log.warn({ err: cause }, 'no room could be kept for alarms')
      })
      .finally(() => (isTaking = false))
  }

  function lookSoon(): void {
    if (isStopped) return
    looking ??= look()
      .catch((cause: unknown) => log.error({ err: cause }, 'Cannot look at the disk'))
      .finally(() => (looking = undefined))
  }

  return {
    state() {
      if (!last) return undefined
      const notKept = shedding.total()
      return { free: last.free, total: last.total, stage, ...(notKept > 0 && { notKept }) }
    },
    makeRoom() {
      const looked = lookAtDiskNow(options)
      const hadRoom = reserve.release()
      if (looked && DISK_STAGES.indexOf(looked.stage) < DISK_STAGES.indexOf('alarms-only')) {
        fullUntil = core.now() + BELIEVED_FULL
      }
      // The rest follows when what is being written is.
      setImmediate(lookSoon)
      return hadRoom
    },
    async start() {
      lookSoon()
      await looking
      if (!isStopped) end = options.repeat(lookSoon, EVERY)
    },
    stop() {
      isStopped = true
      end?.()
    },
  }
}
