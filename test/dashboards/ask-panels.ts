import type { Influxd, InfluxSeries } from '../helpers/influxd.ts'
import { fillIn, intervalOf, rangeOf } from './fill-in.ts'
import type { Situation } from './fill-in.ts'
import type { DashboardJson, TargetJson } from './made.ts'

/** What one query of a dashboard gave. */
export interface Asked {
  readonly dashboard: string
  /** The panel's title, or the name of the variable or annotation. */
  readonly what: string
  readonly refId: string
  readonly sort: 'panel' | 'variable' | 'annotation'
  readonly sent: string
  readonly series: readonly InfluxSeries[]
  readonly rows: number
  /** Columns in which no row has a value. */
  readonly empty: readonly string[]
  readonly ms: number
}

export interface AskOptions {
  readonly influxd: Influxd
  readonly database: string
  readonly now: number
  readonly variables: Situation['variables']
  /** What the time picker says, ms back from now; not given: what each dashboard opens with. */
  readonly back?: number
}

/** Sends every query of a dashboard as Grafana does when somebody opens it. */
export async function askAll(
  { title, time, panels, templating, annotations }: DashboardJson,
  { influxd, database, now, variables, back }: AskOptions,
): Promise<readonly Asked[]> {
  const situation = { from: now - (back ?? rangeOf(time.from)), to: now, variables }
  const asked: Asked[] = []
  const ask = async (sort: Asked['sort'], what: string, target: TargetJson, shortest?: unknown) => {
    const interval = intervalOf(shortest, situation.from, situation.to)
    const sent = fillIn(target.query, { ...situation, interval })
    const began = performance.now()
    const series = await influxd.query(database, sent).catch((cause: unknown) => {
      throw new Error(`${title}, ${what}: ${sent}`, { cause })
    })
    const ms = performance.now() - began
    const columns = series[0]?.columns ?? []
    const rows = series.flatMap(({ values }) => values)
    asked.push({
      dashboard: title,
      what,
      refId: target.refId,
      sort,
      sent,
      series,
      rows: rows.length,
      empty: columns.filter((_, index) => rows.every((row) => row[index] === null)),
      ms,
    })
  }
  for (const panel of panels) {
    for (const target of panel.targets) await ask('panel', panel.title, target, panel['interval'])
  }
  for (const { name, type, query } of templating.list) {
    if (type === 'query') await ask('variable', name, { refId: 'variable', query, resultFormat: 'table' })
  }
  for (const { name, target } of annotations.list) await ask('annotation', name, target)
  return asked
}
