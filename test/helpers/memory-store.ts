import type { Batch, CoreStore, PacketsAt, SeenReading } from '../../hub/core/store.ts'
import type { Alert, AlertEvent } from '../../hub/model/alert.ts'
import type { Home } from '../../hub/model/home.ts'
import type { JournalEntry, RuleFile } from '../../hub/model/input.ts'
import type { Notification } from '../../hub/model/notification.ts'
import type { ReadingMarks } from '../../hub/model/reading.ts'
import type { StaffFacts } from '../../hub/model/staff.ts'
import type { Row } from '../../hub/rules/state.ts'

/** A core's store in memory. What it keeps is text, as on disk: nothing is shared with who wrote it. */
export interface MemoryStore extends CoreStore {
  journal(): { readonly entry: JournalEntry; readonly marks?: ReadingMarks }[]
  events(): AlertEvent[]
  alerts(): Alert[]
  notifications(): Notification[]
  rows(): Record<string, Row>
  /** The next commits fail with this, until undefined is set. */
  failWith(error: Error | undefined): void
  /** How many commits were written. */
  readonly commits: number
}

export function createMemoryStore(): MemoryStore {
  const journal: string[] = []
  const events: string[] = []
  const packets: string[] = []
  const tables = {
    rows: new Map<string, string>(),
    alerts: new Map<string, string>(),
    notifications: new Map<string, string>(),
    homes: new Map<string, string>(),
    readings: new Map<string, string>(),
  }
  let rules: string | undefined
  let staff = '[]'
  let alive = 0
  let failure: Error | undefined
  let commits = 0

  const all = <T>(table: ReadonlyMap<string, string>): T[] =>
    [...table].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => JSON.parse(text) as T)
  const one = <T>(table: ReadonlyMap<string, string>, key: string): T | undefined => {
    const text = table.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }
  const put = (table: Map<string, string>, key: string, value: unknown): void => {
    table.set(key, JSON.stringify(value))
  }

  function write(batch: Batch): void {
    for (const { entry, marks, events: added } of batch.applied) {
      const given = marks && Object.keys(marks).length > 0 ? { marks } : {}
      journal.push(JSON.stringify({ entry, ...given }))
      events.push(...added.map((event) => JSON.stringify(event)))
    }
    for (const [key, row] of batch.rows) {
      if (row) put(tables.rows, key, row)
      else tables.rows.delete(key)
    }
    for (const alert of batch.alerts) put(tables.alerts, alert.id, alert)
    for (const notification of batch.notifications) put(tables.notifications, notification.id, notification)
    for (const home of batch.homes) put(tables.homes, home.id, home)
    packets.push(...batch.packets.map((one) => JSON.stringify(one)))
    for (const reading of batch.readings) {
      put(tables.readings, `${reading.home}|${reading.sensor}|${reading.id}`, reading)
    }
    if (batch.rules) rules = JSON.stringify(batch.rules)
    if (batch.staff) staff = JSON.stringify(batch.staff)
  }

  const entries = (): { entry: JournalEntry; marks?: ReadingMarks }[] =>
    journal.map((text) => JSON.parse(text) as { entry: JournalEntry; marks?: ReadingMarks })

  return {
    load() {
      const last = entries().at(-1)?.entry
      const openAlerts = all<Alert>(tables.alerts)
        .filter(({ handling }) => handling !== 'resolved')
        .toSorted((a, b) => a.openedAt - b.openedAt)
      const open = new Set(openAlerts.map(({ id }) => id))
      return {
        lastSeq: last?.seq ?? 0,
        aliveAt: Math.max(last?.now ?? 0, alive),
        homes: all<Home>(tables.homes),
        rows: new Map([...tables.rows].map(([key, text]) => [key, JSON.parse(text) as Row])),
        openAlerts,
        notifications: all<Notification>(tables.notifications)
          .filter(({ state, alert }) => state === 'queued' || (alert !== undefined && open.has(alert)))
          .toSorted((a, b) => a.queuedAt - b.queuedAt),
        rules: rules === undefined ? undefined : (JSON.parse(rules) as RuleFile[]),
        staff: JSON.parse(staff) as StaffFacts[],
        packets: packets.map((text) => JSON.parse(text) as PacketsAt),
      }
    },
    commit(batch) {
      if (failure) throw failure
      let { length } = journal
      for (const { entry } of batch.applied) {
        if (entry.seq !== ++length) throw new Error(`Cannot write entry ${entry.seq}: expected ${length}`)
      }
      commits++
      write(batch)
    },
    seenReading: (home, sensor, id) => one<SeenReading>(tables.readings, `${home}|${sensor}|${id}`),
    alert: (id) => one<Alert>(tables.alerts, id),
    notification: (id) => one<Notification>(tables.notifications, id),
    noteAlive(now) {
      if (failure) throw failure
      alive = now
    },
    journal: entries,
    events: () => events.map((text) => JSON.parse(text) as AlertEvent),
    alerts: () => all<Alert>(tables.alerts),
    notifications: () => all<Notification>(tables.notifications),
    rows: () =>
      Object.fromEntries(
        [...tables.rows]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, text]) => [key, JSON.parse(text) as Row]),
      ),
    failWith(error) {
      failure = error
    },
    get commits() {
      return commits
    },
  }
}
