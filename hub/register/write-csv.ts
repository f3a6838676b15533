import { stringify } from 'csv-stringify/sync'
import { COLUMNS, guarded } from './csv-columns.ts'
import type { Column } from './csv-columns.ts'
import type { HomeText } from './homes-schema.ts'

type Cells = Readonly<Record<string, unknown>>

/**
 * Homes as a spreadsheet: a row for each gateway, resident, room, sensor and contact, each with the columns of its home.
 * Limits, consents, quiet hours and the daily word have no column: an import leaves them as they are.
 */
export function homesCsv(homes: readonly HomeText[], language: 'en' | 'nb'): string {
  const rows = homes.flatMap((home) =>
    rowsOf(home).map((row) => COLUMNS.map((column) => cellOf(row, home, column))),
  )
  return stringify([COLUMNS.map((column) => column[language][0]), ...rows], {
    bom: true,
    delimiter: ';',
    record_delimiter: 'windows',
  })
}

interface Row {
  readonly gateways?: Cells
  readonly residents?: Cells
  readonly rooms?: Cells
  readonly sensors?: Cells
  readonly contacts?: Cells
}

function rowsOf({ gateways = [], residents = [], rooms = [], sensors = [], contacts = [] }: HomeText): Row[] {
  const rows: Row[] = [
    ...gateways.map((one) => ({ gateways: one })),
    ...residents.map((one) => ({ residents: one })),
    ...rooms.map((one) => ({ rooms: one })),
    ...sensors.map((one) => ({
      sensors: one,
      ...(one.room !== undefined && { rooms: { id: one.room } }),
      ...(one.resident !== undefined && { residents: { id: one.resident } }),
    })),
    ...contacts.map((one) => ({ contacts: one })),
  ]
  return rows.length > 0 ? rows : [{}]
}

function cellOf(row: Row, home: HomeText, { owner, field, words }: Column): string {
  const of: Cells | undefined = owner === 'home' ? (home as Cells) : row[owner]
  const [name = '', inner] = field.split('.')
  const whole = of?.[name]
  const value = inner === undefined ? whole : (whole as Cells | undefined)?.[inner]
  if (value === undefined) return ''
  if (field === 'state') return typeof value === 'string' ? value : 'paused'
  if (Array.isArray(value)) return guarded(value.join(', '))
  return words ? String(value) : guarded(String(value))
}
