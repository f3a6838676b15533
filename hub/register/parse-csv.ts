import { CsvError, parse } from 'csv-parse/sync'
import type { Profile } from '../decode/profile.ts'
import type { RuleSet } from '../rules/rule.ts'
import { hint } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'
import { columnNames, columnOf, COLUMNS, unguarded } from './csv-columns.ts'
import type { Column, Owner } from './csv-columns.ts'
import { readSource } from './edit-home.ts'
import type { HomeText } from './homes-schema.ts'
import { refuseSharedDevices } from './parse-homes.ts'
import type { ParsedHome } from './parse-homes.ts'
import { createDeviceCheck } from './shared-devices.ts'
import type { DevicePlace } from './shared-devices.ts'

const SEPARATORS = [';', ',', '\t'] as const
/** Characters. Rows are read all at once, while readings wait: some 2,000 homes. */
const LONGEST = 2 * 1024 * 1024
/** Of one home. No home has so many sensors and people, and they are read between two readings. */
const MOST_ROWS = 1000

/** A column of this file. */
interface Used {
  readonly column: Column
  readonly header: string
  /** From 0. */
  readonly at: number
}

interface Cell {
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly header: string
}

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

type Draft = Record<string, unknown>

export interface CsvOptions {
  readonly profiles: ReadonlyMap<string, Profile>
  readonly rules: RuleSet
  /** ms */
  readonly now: number
  /** What is registered: what the file has no column for stays as it is. */
  readonly known: (home: string) => HomeText | undefined
  /** Those that are registered, also in homes of the file. */
  readonly devices?: readonly DevicePlace[]
}

/**
 * Reads a spreadsheet of homes (docs/homes.md). A file with any error is refused whole, with every error, its line and the name
 * of its column. A list that the file has a column for is all of it: what is not in the file goes.
 */
export function parseHomesCsv(
  file: string,
  text: string,
  options: CsvOptions,
): Parsed<readonly ParsedHome[]> {
  const steps = readHomesCsv(file, text, options)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same, home by home: whoever has readings to take can do so between two of them. */
export function* readHomesCsv(
  file: string,
  text: string,
  options: CsvOptions,
): Generator<undefined, Parsed<readonly ParsedHome[]>> {
  const problems: Problem[] = []
  const fail = ({ line, column, header }: Cell, message: string): void => {
    problems.push({ file, line, column, message: header === '' ? message : `"${header}": ${message}` })
  }
  if (text.length > LONGEST) {
    const most =
      'Cannot read so much at once: expected at most 2 MB. Import it in parts, with all rows of a home in one'
    fail({ line: 1, column: 1, header: '' }, most)
    return { ok: false, problems }
  }
  const table = readTable(text, (line, message) => fail({ line, column: 1, header: '' }, message))
  if (!table) return { ok: false, problems }
  const used = readHeader(table.header, fail)
  const id = used.find(({ column }) => column.owner === 'home' && column.field === 'id')
  if (!id && problems.length === 0) {
    fail(
      { line: table.header.line, column: 1, header: '' },
      'Cannot read this file: no column says the home, expected "Home" or "Hjem"',
    )
  }
  if (!id || problems.length > 0) return { ok: false, problems }

  const groups = new Map<string, Line[]>()
  for (const line of table.lines) {
    const home = valueOf(line, id)
    if (home === '') fail(cellOf(line, id), 'Cannot read this row: it does not say which home it is about')
    else {
      const lines = groups.get(home)
      if (lines) lines.push(line)
      else groups.set(home, [line])
    }
  }
  const homes: ParsedHome[] = []
  const check = createDeviceCheck(options.devices?.filter((one) => !groups.has(one.home)) ?? [])
  for (const [home, lines] of groups) {
    yield undefined
    const excess = lines[MOST_ROWS]
    if (excess) {
      fail(
        cellOf(excess, id),
        `Cannot take so many rows of home "${home}": expected at most ${MOST_ROWS}. Has each row its own home?`,
      )
      continue
    }
    const places = new Map<string, Cell>()
    const source = sourceOfRows(options.known(home), lines, used, places, fail)
    const read = readSource(source, options.profiles, options.rules, options.now)
    const [first] = lines
    const failAt = (path: readonly PropertyKey[], message: string): void =>
      fail(placeOf(path, places) ?? (first ? cellOf(first, id) : { line: 1, column: 1, header: '' }), message)
    if (read.ok) {
      homes.push(read.parsed)
      refuseSharedDevices(read.parsed.home, check, failAt)
    } else {
      for (const { path, message } of read.problems) failAt(path, message)
    }
  }
  if (homes.length === 0 && problems.length === 0) {
    fail(
      { line: table.header.line, column: 1, header: '' },
      'Cannot read this file: it has no row beside its headers',
    )
  }
  return problems.length > 0
    ? { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) }
    : { ok: true, value: homes }
}

function readTable(
  text: string,
  fail: (line: number, message: string) => void,
): { readonly header: Line; readonly lines: readonly Line[] } | undefined {
  // Excel's own hint: it says the separator, and is no row.
  const [, told] = /^\uFEFF?sep=(.)\r?\n/.exec(text) ?? []
  const body = told === undefined ? text.replace(/^\uFEFF/, '') : text.replace(/^[^\n]*\n/, '')
  const skipped = told === undefined ? 0 : 1
  const head = body.split(/\r?\n/, 1)[0] ?? ''
  const known = (delimiter: string): number =>
    head.split(delimiter).filter((name) => columnOf(name.replace(/^\s*"|"\s*$/g, '')) !== undefined).length
  const delimiter = told ?? SEPARATORS.toSorted((a, b) => known(b) - known(a))[0] ?? ';'
  let records: { record: string[]; info: { lines: number } }[]
  try {
    records = parse(body, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    fail(
      Number((cause as { lines?: number }).lines ?? 1) + skipped,
      `Cannot read this table: ${cause.message}`,
    )
    return undefined
  }
  const lines = records.map(({ record, info }) => ({
    // A cell may have line breaks in it: where the row begins is what a person looks for.
    line:
      info.lines + skipped - record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0),
    cells: record,
  }))
  const [header, ...rest] = lines
  if (!header) {
    fail(1, 'Cannot read this file: it is empty')
    return undefined
  }
  return { header, lines: rest }
}

function readHeader({ line, cells }: Line, fail: (cell: Cell, message: string) => void): Used[] {
  const used: Used[] = []
  cells.forEach((text, at) => {
    const header = text.trim()
    // Somebody's own remarks.
    if (header === '' || header.startsWith('#')) return
    const column = columnOf(header)
    const cell = { line, column: at + 1, header }
    if (!column) {
      fail(
        cell,
        `Cannot use this column: it is not known${hint(header, columnNames())}. A name that begins with # is left out`,
      )
    } else if (used.some((other) => other.column === column))
      fail(cell, 'Cannot use this column: it is there twice')
    else used.push({ column, header, at })
  })
  return used
}

/** What the rows make of a home. */
function sourceOfRows(
  known: HomeText | undefined,
  lines: readonly Line[],
  used: readonly Used[],
  places: Map<string, Cell>,
  fail: (cell: Cell, message: string) => void,
): Draft {
  const { state: _, ...kept } = known ?? ({} as HomeText)
  const home: Draft = { ...kept }
  for (const one of used.filter(({ column }) => column.owner === 'home')) {
    const { column, header } = one
    const filled = lines.filter((line) => valueOf(line, one) !== '')
    const [first] = filled
    const value = first ? valueOf(first, one) : ''
    for (const line of filled) {
      if (valueOf(line, one) === value || !first) continue
      fail(
        cellOf(line, one),
        `Cannot take "${valueOf(line, one)}": line ${first.line} says "${value}" of this home`,
      )
    }
    if (first) places.set(column.field, { ...cellOf(first, one), header })
    put(home, column, value)
  }
  // Of a pause the table knows no end: it stays as it is.
  if (home['state'] === 'paused') delete home['state']
  const keySafe = home['keySafe'] as Draft | undefined
  if (keySafe && Object.keys(keySafe).length === 0) delete home['keySafe']
  for (const owner of ['gateways', 'residents', 'rooms', 'sensors', 'contacts'] as const) {
    const columns = used.filter(({ column }) => column.owner === owner)
    const isListed = columns.some(({ column }) => column.field === (owner === 'rooms' ? 'name' : 'id'))
    if (!isListed) continue
    const list = entriesOf(owner, known, lines, used, places, fail)
    if (list.length > 0 || known?.[owner]) home[owner] = list
  }
  return home
}

function entriesOf(
  owner: Exclude<Owner, 'home'>,
  known: HomeText | undefined,
  lines: readonly Line[],
  used: readonly Used[],
  places: Map<string, Cell>,
  fail: (cell: Cell, message: string) => void,
): Draft[] {
  const find = (of: Owner, field: string): Used | undefined =>
    used.find(({ column }) => column.owner === of && column.field === field)
  const id = find(owner, 'id')
  const sensor = find('sensors', 'id')
  const own = used.filter(({ column }) => column.owner === owner && column.field !== 'id')
  const entries: Draft[] = []
  const indexes = new Map<string, number>()
  for (const line of lines) {
    const name = id ? valueOf(line, id) : ''
    if (name === '') {
      const stray = own.find((one) => valueOf(line, one) !== '')
      if (stray && id)
        fail(cellOf(line, stray), `Cannot take this: the row does not say whose it is, in "${id.header}"`)
      continue
    }
    // A room beside a sensor says where that is; it is named where its name stands.
    const hasSensor = sensor !== undefined && valueOf(line, sensor) !== ''
    if (owner === 'rooms' && hasSensor && own.every((one) => valueOf(line, one) === '')) continue
    const isMention = owner === 'residents' && hasSensor
    const before = indexes.get(name) ?? -1
    if (before >= 0 && (owner === 'sensors' || owner === 'contacts') && id) {
      fail(cellOf(line, id), `Cannot use the id "${name}" twice in this home`)
      continue
    }
    const index = before >= 0 ? before : entries.length
    const entry: Draft =
      before >= 0
        ? (entries[before] ?? {})
        : { ...(known?.[owner]?.find((one) => one.id === name) as Draft), id: name }
    if (before < 0) {
      entries.push(entry)
      indexes.set(name, index)
    }
    if (id) places.set(`${owner}/${index}/id`, cellOf(line, id))
    for (const one of own) {
      const value = valueOf(line, one)
      // Said again beside a sensor, without more: what was said stays.
      if (
        value === '' &&
        (before >= 0 || isMention) &&
        (before >= 0 || entry[one.column.field] !== undefined)
      )
        continue
      put(entry, one.column, value)
      if (value !== '') places.set(`${owner}/${index}/${one.column.field}`, cellOf(line, one))
    }
    if (owner === 'sensors') {
      for (const [of, field] of [
        ['rooms', 'room'],
        ['residents', 'resident'],
      ] as const) {
        const beside = find(of, 'id')
        if (!beside) continue
        const value = valueOf(line, beside)
        if (value === '') delete entry[field]
        else entry[field] = value
        places.set(`sensors/${index}/${field}`, cellOf(line, beside))
      }
      if (entry['address'] === name) delete entry['address']
    }
  }
  return entries
}

function put(target: Draft, { field, isNumber, words }: Column, text: string): void {
  const [name = '', inner] = field.split('.')
  if (inner !== undefined) {
    const within: Draft = { ...(target[name] as Draft | undefined) }
    if (text === '') delete within[inner]
    else within[inner] = text
    target[name] = within
    return
  }
  if (text === '') {
    if (field === 'tags' && target[name] === undefined) return
    if (field === 'tags') target[name] = []
    else delete target[name]
    return
  }
  const worded = words?.[text.toLocaleLowerCase('nb')] ?? text
  if (field === 'tags')
    target[name] = text
      .split(/[,|]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
  else if (isNumber && /^\d+([.,]\d+)?$/.test(text)) target[name] = Number(text.replace(',', '.'))
  else target[name] = worded
}

function valueOf({ cells }: Line, { at, column }: Used): string {
  const value = unguarded((cells[at] ?? '').trim()).trim()
  return column.field === 'access' ? value : value.replace(/\s*[\r\n]+\s*/g, ' ')
}

function cellOf({ line }: Line, { at, header }: Used): Cell {
  return { line, column: at + 1, header }
}

/** The cell of a value, or of the nearest thing around it. */
function placeOf(path: readonly PropertyKey[], places: ReadonlyMap<string, Cell>): Cell | undefined {
  const slashed = path.map(String).join('/')
  const dotted = path.map(String).join('.')
  const exact =
    places.get(slashed) ?? places.get(dotted) ?? places.get(path.slice(0, 3).map(String).join('/'))
  if (exact) return exact
  return places.get(`${path.slice(0, 2).map(String).join('/')}/id`) ?? places.get(String(path[0]))
}

/** Every column, for the help. */
export const COLUMN_NAMES: readonly string[] = COLUMNS.map(({ en, nb }) =>
  en[0] === nb[0] ? en[0] : `${en[0]} (${nb[0]})`,
)
