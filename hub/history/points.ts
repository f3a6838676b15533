import { KINDS } from '../model/kind.ts'
import type { Reading, ReadingMarks } from '../model/reading.ts'
import type { KeptEntry } from '../model/kept-entry.ts'

/** One point of line protocol, before it is written. Pseudonyms only: tags go to InfluxDB as they are. */
export interface Point {
  /** The kind, `alert`, or the name of a sample: `home`, `sensor`, `hub`, `channel`, `indicator`. */
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: PointFields
  /** Nanoseconds since 1970 as decimal digits: too many for a number. */
  readonly time: string
  /** The journal entry it is made from; 0: of none, the journal does not say it. */
  readonly seq: number
}

/** Numbers are always written as floats: yes and no are 1 and 0, words their index in the kind's words. */
export type PointFields = Readonly<Record<string, number | string | true>>

/** Which room a sensor was in when the entry `seq` was taken. */
export type RoomOf = (home: string, sensor: string, seq: number) => string | undefined

/** What an entry gives; `refused` says why a reading that should have given a point could not. */
export interface EntryPoints {
  readonly points: readonly Point[]
  readonly refused?: string
}

const NONE: readonly Point[] = []

/** Makes the points of one journal entry; the same entry always gives the same points. */
export function pointsOf(entry: KeptEntry, roomOf: RoomOf): EntryPoints {
  const changes = entry.alertChanges.length === 0 ? NONE : alertPoints(entry)
  // What the hub said itself to try an alarm is no measurement.
  if (entry.input.type !== 'reading' || entry.input.test) return { points: changes }
  const made = readingPoint(entry.seq, entry.input.reading, entry.marks ?? {}, roomOf)
  if (made === undefined) return { points: changes }
  if (typeof made === 'string') return { points: changes, refused: made }
  return { points: changes.length === 0 ? [made] : [made, ...changes] }
}

/**
 * The time of a point. The journal's sequence is carried below the millisecond, so that two readings in one
 * millisecond stay two and a resend stays one.
 */
export function pointTime(at: number, seq: number): string {
  const below = seq % 1_000_000
  // Of all that is measured now: text is ten times as fast as large numbers.
  if (at > 0) return `${at}${String(below).padStart(6, '0')}`
  return String(BigInt(at) * 1_000_000n + BigInt(below))
}

/** A tag's value as it is written: line protocol cannot carry line breaks, nor a backslash at the end. */
export function tagValue(text: string): string {
  // Looks first: to replace nothing takes ten times as long.
  return UNWRITABLE.test(text) ? text.replaceAll(new RegExp(UNWRITABLE, 'g'), '_') : text
}

// oxlint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u001F\u007F\\]/

function readingPoint(
  seq: number,
  reading: Reading,
  marks: ReadingMarks,
  roomOf: RoomOf,
): Point | string | undefined {
  if (reading.value === null || marks.repeat === true) return undefined
  // The name of a measurement is not escaped on its way: only names from the table are safe.
  const kind = KINDS.get(reading.kind)
  if (kind === undefined) return `the hub knows no kind "${reading.kind}"`
  if (!Number.isSafeInteger(reading.at)) return 'its time is no whole number of milliseconds'
  const value =
    typeof reading.value === 'string' ? (kind.words?.indexOf(reading.value) ?? -1) : Number(reading.value)
  if (value === -1 && typeof reading.value === 'string') return `${reading.kind} has no such word`
  if (!Number.isFinite(value)) return `${reading.kind} is no finite number`
  const room = roomOf(reading.home, reading.sensor, seq)
  const fields: PointFields = typeof reading.value === 'string' ? { value, state: reading.value } : { value }
  return {
    measurement: reading.kind,
    // In the order of their names: InfluxDB would have to sort them.
    tags: tags({ home: reading.home, room, sensor: reading.sensor }),
    fields: marks.late === true ? { ...fields, late: true } : fields,
    time: pointTime(reading.at, seq),
    seq,
  }
}

/**
 * One point for each change. InfluxDB overwrites a point with the same tags and time, so changes of one entry
 * that would meet there get the tag `nth`: 2, 3, …
 *
 * Their time is that of the stream, which never goes back: what became true earlier and was heard late is still the
 * newest that is known of an alert, and the last point says how it is. Points of one entry have one time, and all of
 * them say how the alert was after the entry; where one alert ended in it and the next of the same rule began,
 * InfluxDB takes the greater of two last values, which is the open one.
 */
function alertPoints(entry: KeptEntry): Point[] {
  const seen = new Map<string, number>()
  return entry.alertChanges.map((change) => {
    const { after } = change
    const own = tags({
      home: change.home,
      area: change.area,
      rule: change.rule,
      subject: subjectOf(change.scope),
      severity: change.severity,
      category: change.category,
      what: change.what,
      test: change.test && 'true',
    })
    const series = JSON.stringify(own)
    const nth = (seen.get(series) ?? 0) + 1
    seen.set(series, nth)
    return {
      measurement: 'alert',
      tags: nth === 1 ? own : { ...own, nth: String(nth) },
      fields: {
        value: 1,
        alert: change.alert,
        scope: change.scope,
        at: change.at,
        raised: change.raisedAt,
        open: after.handling === 'resolved' ? 0 : 1,
        handling: after.handling,
        condition: after.condition,
        level: after.severity,
      },
      time: pointTime(entry.now, entry.seq),
      seq: entry.seq,
    }
  })
}

/** What an alert is about within its home: a resident, room, sensor or rule; undefined: the home as a whole. */
export function subjectOf(scope: string): string | undefined {
  const slash = scope.indexOf('/')
  return slash === -1 ? undefined : scope.slice(slash + 1)
}

/** Without the empty ones: an empty tag is an error in line protocol. */
export function tags(values: Record<string, string | undefined>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && value !== '') kept[name] = tagValue(value)
  }
  return kept
}
