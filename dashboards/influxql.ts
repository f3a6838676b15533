import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'

/** A piece of InfluxQL that is quoted already. */
export interface Expression {
  readonly influxql: string
}

/** A `SELECT`; the names of its columns come after `time`. */
export interface Select extends Expression {
  readonly columns: readonly string[]
}

export interface SelectOptions {
  /** By the name of the column. */
  readonly select: Readonly<Record<string, Expression>>
  /** A measurement, or a query in place of one. */
  readonly from: string | Select
  readonly where?: readonly Expression[]
  readonly groupBy?: readonly Expression[]
  /** For stretches of time in which nothing was written; `null` when not given, so that a gap is one. */
  readonly fill?: 'none' | 'null' | number
  readonly newestFirst?: boolean
  readonly limit?: number
}

/** The data source of every query: provisioned under this uid. */
export const DATA_SOURCE = { type: 'influxdb', uid: 'aal-influx' } as const

/** A query as a panel keeps it. */
export interface Target {
  readonly refId: string
  readonly datasource: typeof DATA_SOURCE
  readonly query: string
  readonly rawQuery: true
  readonly resultFormat: 'table' | 'time_series'
  readonly alias?: string
}

/** `"name"` of a measurement, field or tag. */
export function identifier(name: string): Expression {
  return { influxql: `"${escape(name, '"')}"` }
}

/** `'text'` */
function text(value: string): Expression {
  return { influxql: `'${escape(value, "'")}'` }
}

/** `call('last', 'open')` is `last("open")`. */
export function call(name: InfluxFunction, field: string): Expression {
  return { influxql: `${name}(${identifier(field).influxql})` }
}

/** What InfluxQL of 1.6 and of 2.x both have. */
export type InfluxFunction = 'count' | 'last' | 'max' | 'mean' | 'min' | 'sum'

/** Of a field. */
export const last = (field: string): Expression => call('last', field)
export const mean = (field: string): Expression => call('mean', field)
export const sum = (field: string): Expression => call('sum', field)
export const count = (field: string): Expression => call('count', field)

/** Fields and tags as they are, under their own names. */
export function columns(names: readonly string[]): SelectOptions['select'] {
  return Object.fromEntries(names.map((name) => [name, identifier(name)]))
}

/** The newest of a field, and others as they were then, under their own names. */
export function newest(field: string, others: readonly string[] = []): SelectOptions['select'] {
  return { [field]: last(field), ...columns(others) }
}

/** Arithmetic: `` math`${identifier('x')} * 2` ``. Only what is quoted already, and numbers, can be put in. */
export function math(parts: TemplateStringsArray, ...values: readonly (Expression | number)[]): Expression {
  return { influxql: String.raw({ raw: parts }, ...values.map(shown)) }
}

/** `"name" = 'value'` */
export function is(name: string, value: string | number): Expression {
  return compare(name, '=', value)
}

export function below(name: string, value: number): Expression {
  return compare(name, '<', value)
}

function compare(name: string, operator: string, value: string | number): Expression {
  const right = typeof value === 'number' ? String(value) : text(value).influxql
  return { influxql: `${identifier(name).influxql} ${operator} ${right}` }
}

/** The values chosen in a variable of the dashboard, one or more. */
export function isChosen(tag: string, variable: string): Expression {
  return { influxql: `${identifier(tag).influxql} =~ /^$\{${variable}:regex}$/` }
}

/** What the time picker says. */
export const inRange: Expression = { influxql: '$timeFilter' }

/** Whatever the time picker says: `within('30m')` of now. */
export function within(duration: `${number}${'s' | 'm' | 'h' | 'd'}`): Expression {
  return { influxql: `time > now() - ${duration}` }
}

/** By stretches as wide as the screen can show. */
export const byInterval: Expression = { influxql: 'time($__interval)' }

export function select(options: SelectOptions): Select {
  const { from, where = [], groupBy = [], fill, newestFirst, limit } = options
  const chosen = Object.entries(options.select).map(
    ([name, { influxql }]) => `${influxql} AS ${identifier(name).influxql}`,
  )
  const parts = [
    `SELECT ${chosen.join(', ')}`,
    `FROM ${typeof from === 'string' ? identifier(from).influxql : `(${from.influxql})`}`,
  ]
  if (where.length > 0) parts.push(`WHERE ${where.map(({ influxql }) => influxql).join(' AND ')}`)
  if (groupBy.length > 0) parts.push(`GROUP BY ${groupBy.map(({ influxql }) => influxql).join(', ')}`)
  if (fill !== undefined) parts.push(`fill(${fill})`)
  if (newestFirst) parts.push('ORDER BY time DESC')
  if (limit !== undefined) parts.push(`LIMIT ${limit}`)
  return { influxql: parts.join(' '), columns: Object.keys(options.select) }
}

/** What a tag may be, for a variable. */
export function tagValues(from: string, key: string, where: readonly Expression[] = []): Expression {
  const filter = where.length === 0 ? '' : ` WHERE ${where.map(({ influxql }) => influxql).join(' AND ')}`
  return {
    influxql: `SHOW TAG VALUES FROM ${identifier(from).influxql} WITH KEY = ${identifier(key).influxql}${filter}`,
  }
}

/** Rows and columns, as the query names them. */
export function asTable(refId: string, query: Select): Builder<Dataquery> {
  return target({
    refId,
    datasource: DATA_SOURCE,
    query: query.influxql,
    rawQuery: true,
    resultFormat: 'table',
  })
}

/** @param alias what each line is called; `$tag_sensor` is the tag */
export function asSeries(refId: string, query: Select, alias: string): Builder<Dataquery> {
  const { influxql } = query
  return target({
    refId,
    datasource: DATA_SOURCE,
    query: influxql,
    rawQuery: true,
    resultFormat: 'time_series',
    alias,
  })
}

function target(given: Target): Builder<Dataquery> {
  // The package brands queries by a method that nothing calls, and that must not be in the JSON.
  return { build: () => given as unknown as Dataquery }
}

function shown(value: Expression | number): string {
  return typeof value === 'number' ? String(value) : value.influxql
}

function escape(given: string, quote: string): string {
  return given.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n')
}
