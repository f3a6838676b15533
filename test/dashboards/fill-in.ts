/** What Grafana knows when it sends a query. */
export interface Situation {
  /** ms since 1970 */
  readonly from: number
  readonly to: number
  /** The shortest stretch a point may stand for: `10s`. */
  readonly interval: string
  /** By variable; a text as it is is that of "All". */
  readonly variables: Readonly<Record<string, readonly string[] | string>>
}

/**
 * A query as Grafana's InfluxDB data source sends it.
 * @throws Error when something is left that nobody fills in
 */
export function fillIn(query: string, { from, to, interval, variables }: Situation): string {
  const filled = query
    .replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`)
    .replaceAll(/\$__interval|\$interval/g, interval)
    .replaceAll(/\$\{(\w+):regex\}/g, (whole, name: string) => {
      const value = variables[name]
      if (value === undefined) return whole
      if (typeof value === 'string') return value
      const quoted = value.map((one) => one.replaceAll(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`))
      return quoted.length === 1 ? (quoted[0] ?? '') : `(${quoted.join('|')})`
    })
  // The end of a regular expression is no variable.
  const left = /\$(?!\/)[\w{][^\s]*/.exec(filled)
  if (left) throw new Error(`Cannot fill in ${left[0]} of ${query}`)
  return filled
}

/** What a chart of a usual width asks for, as far as its panel lets it. */
export function intervalOf(shortest: unknown, from: number, to: number): string {
  const least = typeof shortest === 'string' ? secondsOf(shortest) : 10
  const wanted = (to - from) / 1000 / 800
  const steps = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400]
  const seconds = Math.max(least, steps.find((step) => step >= wanted) ?? 86_400)
  return `${seconds}s`
}

function secondsOf(duration: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([smh])$/.exec(duration) ?? []
  const scale = { s: 1, m: 60, h: 3600 }[unit]
  if (scale === undefined) throw new Error(`Cannot read the interval ${duration}`)
  return Number(amount) * scale
}

/** How far back `now-24h` is, ms. */
export function rangeOf(from: string): number {
  const [, amount = '', unit = ''] = /^now-(\d+)([hd])$/.exec(from) ?? []
  const scale = { h: 3_600_000, d: 86_400_000 }[unit]
  if (scale === undefined) throw new Error(`Cannot read the time ${from}`)
  return Number(amount) * scale
}
