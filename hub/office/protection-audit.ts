import { createHash } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import type { HomeMonth, ProtectionMonths } from '../database/protection-months.ts'
import type { Audit } from '../http/people.ts'
import type { Span } from '../time/spans.ts'
import type { Indicators } from './indicators.ts'

export interface ProtectionAuditOptions {
  readonly unprotected: Indicators['unprotected']
  readonly months: Pick<ProtectionMonths, 'keep' | 'of'>
  readonly audit: Pick<Audit, 'write' | 'list'>
  readonly now: () => number
  /** By whose clock months end. */
  readonly timezone: () => string
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: { warn(fields: object, message: string): void }
}

const LOOK_EVERY = 10 * 60_000
/** A hub that was away for longer has nothing to say of the months before. */
const CAUGHT_UP = 3
const MINUTE = 60_000

/**
 * After the end of a month keeps how long each home was not protected, and writes one row into the audit log: how many
 * homes and minutes, and the digest of what is kept. A row for each of tens of thousands of homes would bury what people
 * did; with the digest none can be changed unseen all the same. The log itself says which months are written: what was
 * kept before a crash is computed anew, and none is written twice.
 */
export function createProtectionAudit(options: ProtectionAuditOptions): {
  look(): Promise<void>
  start(): void
  stop(): void
} {
  const { unprotected, months, audit, now, timezone, repeat, log } = options
  let underWay = false
  let failed = false
  let callOff: (() => void) | undefined
  /** So that the log is not asked every time. */
  const done = new Set<string>()

  async function look(): Promise<void> {
    if (underWay) return
    underWay = true
    try {
      for (const month of lastMonths(now(), timezone(), CAUGHT_UP)) await write(month)
      failed = false
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause)
      if (!failed) log.warn({ error }, 'How long homes were not protected is not written; trying again')
      failed = true
    } finally {
      underWay = false
    }
  }

  async function write({ month, ...period }: Month): Promise<void> {
    if (done.has(month)) return
    const whose = `month:${month}`
    if (audit.list({ whose, limit: 1 }).length === 0) {
      const byHome = await unprotected(period)
      if (byHome) {
        const homes = byHome.map(([home, { ms, of }]) => ({
          home,
          minutes: Math.round(ms / MINUTE),
          of: Math.round(of / MINUTE),
        }))
        months.keep(month, homes)
        await audit.write({
          who: 'hub',
          what: 'protection.month',
          whose,
          why: sayMonth(months.of(month)),
          from: 'hub',
        })
      }
    }
    done.add(month)
  }

  return {
    look,
    start: () => void (callOff ??= repeat(() => void look(), LOOK_EVERY)),
    stop: () => callOff?.(),
  }
}

/** `2 of 1200 homes, 61 of 53568000 minutes not protected, sha256 …` */
export function sayMonth(homes: readonly HomeMonth[]): string {
  const sum = (of: (one: HomeMonth) => number): number => homes.reduce((all, one) => all + of(one), 0)
  const bare = homes.filter(({ minutes }) => minutes > 0).length
  const minutes = `${sum((one) => one.minutes)} of ${sum((one) => one.of)} minutes`
  return `${bare} of ${homes.length} homes, ${minutes} not protected, sha256 ${digestOf(homes)}`
}

/** SHA-256 over `home minutes of`, one line for each home in the order of their ids, hex. */
function digestOf(homes: readonly HomeMonth[]): string {
  const lines = homes.map(({ home, minutes, of }) => `${home} ${minutes} ${of}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

interface Month extends Span {
  readonly month: string
}

/** Those that are over, oldest first. */
function lastMonths(now: number, timezone: string, count: number): readonly Month[] {
  const first = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timezone)
    .with({ day: 1 })
    .startOfDay()
  return Array.from({ length: count }, (_, index) => {
    const from = first.subtract({ months: count - index })
    return {
      month: from.toPlainDate().toPlainYearMonth().toString(),
      from: from.epochMilliseconds,
      to: from.add({ months: 1 }).epochMilliseconds,
    }
  })
}
