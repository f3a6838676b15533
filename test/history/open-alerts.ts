import type { Point } from '../../hub/history/points.ts'
import type { Alert } from '../../hub/model/alert.ts'

/** The query that Grafana asks for the open alerts, with no limit of time: one that is open for long stays. */
export const OPEN_ALERTS = `SELECT * FROM (
  SELECT last("open") AS "open", "alert", "handling", "condition", "raised", "level"
  FROM "alert" GROUP BY "home", "rule", "subject"
) WHERE "open" = 1`

/** An open alert, as the points say it. */
export type OpenAlert = Readonly<Record<'alert' | 'handling' | 'condition' | 'level', unknown>> & {
  readonly raised: unknown
}

/** What `OPEN_ALERTS` gives, by alert: of two last points of one time InfluxDB takes the greater value. */
export function openIn(points: readonly Point[]): OpenAlert[] {
  const last = new Map<string, Point>()
  for (const point of points) {
    if (point.measurement !== 'alert') continue
    const { home, rule, subject } = point.tags
    const series = JSON.stringify([home, rule, subject])
    const known = last.get(series)
    if (!known || isAfter(point, known)) last.set(series, point)
  }
  return byAlert(
    [...last.values()].filter(({ fields }) => fields['open'] === 1).map(({ fields }) => pick(fields)),
  )
}

/** The same, as the hub has it. */
export function openOf(alerts: readonly Alert[]): OpenAlert[] {
  return byAlert(
    alerts.map(({ id, handling, condition, severity, raisedAt }) => ({
      alert: id,
      handling,
      condition,
      level: severity,
      raised: raisedAt,
    })),
  )
}

export function pick({
  alert,
  handling,
  condition,
  level,
  raised,
}: Readonly<Record<string, unknown>>): OpenAlert {
  return { alert, handling, condition, level, raised }
}

export function byAlert(open: OpenAlert[]): OpenAlert[] {
  return open.toSorted((a, b) => (String(a.alert) < String(b.alert) ? -1 : 1))
}

function isAfter(a: Point, b: Point): boolean {
  const [then, known] = [BigInt(a.time), BigInt(b.time)]
  return then > known || (then === known && Number(a.fields['open']) > Number(b.fields['open']))
}
