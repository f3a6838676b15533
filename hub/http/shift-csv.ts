import { stringify } from 'csv-stringify/sync'
import type { ShiftAlertView, ShiftView } from './shift-view.ts'

export interface CsvOptions {
  readonly language: 'en' | 'nb'
  /** Names beside pseudonyms. */
  readonly names: boolean
  /** Excel in Norway wants a semicolon, as the comma is for decimals there; RFC 4180 has the comma. */
  readonly separator: ',' | ';'
}

interface Column {
  readonly head: Readonly<Record<CsvOptions['language'], string>>
  readonly named?: true
  readonly cell: (alert: ShiftAlertView, language: CsvOptions['language']) => string | number | undefined
}

const COLUMNS: readonly Column[] = [
  { head: { en: 'Alert', nb: 'Varsel' }, cell: ({ id }) => id },
  { head: { en: 'Home', nb: 'Hjem' }, cell: ({ home }) => home },
  {
    head: { en: 'Name of the home', nb: 'Navn på hjemmet' },
    named: true,
    cell: ({ homeLabel }) => homeLabel,
  },
  { head: { en: 'Resident', nb: 'Beboer' }, named: true, cell: ({ residentName }) => residentName },
  { head: { en: 'Area', nb: 'Område' }, cell: ({ area, homeArea }) => area ?? homeArea },
  { head: { en: 'Room', nb: 'Rom' }, cell: ({ room }) => room },
  { head: { en: 'Severity', nb: 'Alvorlighet' }, cell: ({ severity }) => severity },
  { head: { en: 'Category', nb: 'Kategori' }, cell: ({ category }) => category },
  { head: { en: 'Title', nb: 'Tittel' }, cell: ({ title }, language) => title[language] ?? title.en },
  { head: { en: 'Rule', nb: 'Regel' }, cell: ({ rule }) => rule },
  { head: { en: 'Test', nb: 'Test' }, cell: ({ test }) => (test ? 1 : 0) },
  { head: { en: 'Raised', nb: 'Meldt' }, cell: ({ raisedAt, timezone }) => wallClock(raisedAt, timezone) },
  {
    head: { en: 'Known to the hub', nb: 'Kjent for huben' },
    cell: ({ openedAt, timezone }) => wallClock(openedAt, timezone),
  },
  { head: { en: 'Times', nb: 'Ganger' }, cell: ({ count }) => count },
  {
    head: { en: 'Answered after (s)', nb: 'Besvart etter (s)' },
    cell: ({ answer }) => answer && Math.round(answer.after / 1000),
  },
  { head: { en: 'Answered by', nb: 'Besvart av' }, cell: ({ answer }) => answer?.by },
  {
    head: { en: 'Answered by (name)', nb: 'Besvart av (navn)' },
    named: true,
    cell: ({ answer }) => answer?.byName,
  },
  { head: { en: 'State', nb: 'Tilstand' }, cell: ({ handling }) => handling },
  {
    head: { en: 'Resolved', nb: 'Avsluttet' },
    cell: ({ handling, handledAt, timezone }) =>
      handling === 'resolved' && handledAt !== undefined ? wallClock(handledAt, timezone) : undefined,
  },
  {
    head: { en: 'Resolved by', nb: 'Avsluttet av' },
    cell: ({ handling, handledBy }) => (handling === 'resolved' ? handledBy : undefined),
  },
  { head: { en: 'Cause', nb: 'Årsak' }, cell: ({ cause }) => cause },
  { head: { en: 'Time zone', nb: 'Tidssone' }, cell: ({ timezone }) => timezone ?? 'UTC' },
]

/**
 * The alerts of a shift as a table for spreadsheets: RFC 4180, in UTF-8 with a byte order mark, without which Excel reads
 * other letters. What a spreadsheet would run as a formula begins with an apostrophe.
 */
export function shiftCsv({ alerts }: ShiftView, { language, names, separator }: CsvOptions): string {
  const columns = COLUMNS.filter(({ named }) => names || !named)
  const rows = alerts.map((alert) => columns.map(({ cell }) => cell(alert, language)))
  return stringify([columns.map(({ head }) => head[language]), ...rows], {
    bom: true,
    delimiter: separator,
    record_delimiter: 'windows',
    escape_formulas: true,
  })
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-11-22 03:12:07`: a time for every spreadsheet. */
function wallClock(at: number, timeZone = 'UTC'): string {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    formats.set(timeZone, format)
  }
  return format.format(at)
}
