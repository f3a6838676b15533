import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ResidentRows } from '../database/resident-rows.ts'
import type { Audit } from '../http/people.ts'
import type { CopyRow, ResidentCopy } from '../http/resident-copy.ts'
import type { Alert } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { HomeNotes } from '../model/home-note.ts'

const AUDIT_PAGE = 250

export interface CopyParts {
  readonly rows: ResidentRows
  readonly audit: Pick<Audit, 'list'>
  readonly notes: Pick<HomeNotes, 'list'>
  readonly sensorsOf: (home: string, resident: string) => readonly string[]
}

/**
 * All that is kept about a resident, for them (GDPR, Articles 15 and 20). Others are in it by what they are alone: staff
 * by a number that is theirs in this copy, contacts by their ids, without names and numbers.
 * @param resident not given: the whole home
 */
export function copyResident(
  { rows, audit, notes, sensorsOf }: CopyParts,
  { home, personal }: { readonly home: Home; readonly personal: HomePersonal },
  resident: string | undefined,
): ResidentCopy {
  const isWhole = resident === undefined || home.residents.length === 1
  const sensors = isWhole || resident === undefined ? undefined : sensorsOf(home.id, resident)
  const staff = new Map<string, string>()

  /** `operator:siv` and `person:siv` are the same one. */
  function who(by: string): string {
    const [sort = '', id = ''] = by.split(':')
    if (!['operator', 'person', 'staff', 'installer'].includes(sort)) return by
    const known = staff.get(id) ?? `staff-${staff.size + 1}`
    staff.set(id, known)
    return known
  }

  /** Whoever is named in what is kept. */
  function withoutStaff(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutStaff)
    if (typeof value === 'string') {
      return value.replaceAll(/\b(?:operator|person|staff|installer):[\w.-]+/g, (by) => who(by))
    }
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) => {
        if (name === 'byName') return []
        // The id of a person of the staff stands by itself.
        if (name === 'staff' && typeof one === 'string') return [[name, who(`staff:${one}`)]]
        return [[name, withoutStaff(one)]]
      }),
    )
  }

  const clean = (part: CopyRow['part'], row: object): CopyRow => ({ ...(withoutStaff(row) as object), part })

  function isTheirs({ scope, detail }: Alert): boolean {
    if (sensors === undefined) return true
    return (
      [resident, ...sensors].some((part) => scope === `${home.id}/${part}`) ||
      sensors.includes(detail.sensor ?? '')
    )
  }

  function register(): CopyRow {
    const { label, way, tags, rooms, limits, modes, holds, state } = personal
    const names = new Map(personal.residents.map(({ id, name }) => [id, name]))
    const shown = isWhole ? home.residents : home.residents.filter(({ id }) => id === resident)
    const { area, risk, timezone } = home
    return clean('register', {
      home: home.id,
      timezone,
      service: home.state?.is ?? 'active',
      ...(isWhole && { label, tags, modes, holds, state }),
      address: way,
      area,
      risk,
      rooms,
      residents: shown.map((one) => ({ ...one, name: names.get(one.id) })),
      sensors: home.sensors
        .filter(({ id }) => sensors === undefined || sensors.includes(id))
        .map(({ id, profile, room, role, resident: of }) => ({ id, profile, room, role, resident: of })),
      contacts: home.contacts.map(({ id, role = 'family', order, language, quiet }) => {
        const { alias, consents } = personal.contacts.find((one) => one.id === id) ?? {}
        return { id, role, order, language, quiet, callsYou: alias, consents }
      }),
      limits: limits?.filter((note) => isWhole || note.resident === resident),
    })
  }

  async function* all(): AsyncGenerator<CopyRow> {
    yield register()
    for (const page of rows.readings(home.id, sensors)) {
      for (const { at, ...row } of page) yield { part: 'readings', at: iso(at), ...row }
      await nextTurn()
    }
    for (const page of rows.undecoded(home.id)) {
      for (const { now, sensor, topic, payload, reason } of page) {
        if (sensors !== undefined && !sensors.includes(sensor ?? '')) continue
        yield { part: 'unreadable', at: iso(now), sensor, topic, payload, reason }
      }
      await nextTurn()
    }
    const theirs = new Set<string>()
    for (const page of rows.alerts(home.id)) {
      for (const { alert, events } of page) {
        if (!isTheirs(alert)) continue
        theirs.add(alert.id)
        const { code: _c, progress: _p, ...rest } = alert
        yield clean('alerts', {
          ...rest,
          raisedAt: iso(alert.raisedAt),
          openedAt: iso(alert.openedAt),
          events: events.map(({ alert: _a, now, at, after: _f, ...event }) => ({
            at: iso(at),
            noticed: iso(now),
            ...event,
          })),
        })
      }
      await nextTurn()
    }
    for (const page of rows.messages(home.id)) {
      for (const one of page) {
        if (sensors !== undefined && !(one.alert !== undefined && theirs.has(one.alert))) continue
        const { queuedAt, channel, state, contact, staff: member, template, letter, alert } = one
        yield clean('messages', {
          at: iso(queuedAt),
          way: channel,
          to: contact ?? (member === undefined ? undefined : who(`staff:${member}`)),
          about: template ?? letter?.is,
          alert,
          state,
        })
      }
      await nextTurn()
    }
    if (isWhole) yield* ofHome()
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const page = audit.list({ whose: `home:${home.id}`, limit: AUDIT_PAGE, before })
      const last = page.at(-1)
      if (!last) break
      for (const { at, who: by, what, why } of page) {
        yield { part: 'access', at: iso(at), who: who(by), what, why: withoutStaff(why) }
      }
      before = last.seq
      await nextTurn()
    }
  }

  async function* ofHome(): AsyncGenerator<CopyRow> {
    for (const page of rows.changes(home.id)) {
      for (const { now, input } of page) yield clean('changes', { at: iso(now), ...input })
      await nextTurn()
    }
    for (const { at, ...one } of rows.certificates(home.id)) {
      yield clean('certificates', { at: iso(at), ...one })
    }
    for (const { at, text } of notes.list(home.id)) yield clean('notes', { at: iso(at), text })
    for (const month of rows.months(home.id)) yield { part: 'protection', ...month }
  }

  const of = home.residents.find(({ id }) => id === resident) ?? home.residents[0]
  const language = (of?.language ?? 'nb').startsWith('en') ? 'en' : 'nb'
  return { language, isWhole, rows: all }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
