import type { Point } from './points.ts'

/**
 * Points as InfluxDB's line protocol, one a line, nanoseconds. Tags must not be empty, hold no line break and end with no
 * backslash (`tagValue`), numbers be finite: the protocol has no way to write them.
 *
 * Own text, since that of the package `influx` took as long as the whole write in InfluxDB, and cannot be made while
 * another write is under way. A test holds it to what the package writes and to what influxd gives back.
 * https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
 */
export function linesOf(points: readonly Point[]): string {
  return points.map(lineOf).join('\n')
}

/** One point. */
export function lineOf({ measurement, tags, fields, time }: Point): string {
  let line = escaped(measurement, IN_MEASUREMENT)
  for (const name in tags) line += `,${name}=${escaped(tags[name] ?? '', IN_TAG)}`
  let separator = ' '
  for (const name in fields) {
    const value = fields[name as keyof typeof fields]
    if (value === undefined) continue
    line += `${separator}${name}=${typeof value === 'string' ? `"${escaped(value, IN_STRING)}"` : value}`
    separator = ','
  }
  return `${line} ${time}`
}

const IN_MEASUREMENT = /[, ]/
const IN_TAG = /[,= ]/
const IN_STRING = /["\\]/

/** Looks first: next to nothing needs it, and to replace nothing takes ten times as long. */
function escaped(text: string, special: RegExp): string {
  return special.test(text) ? text.replaceAll(new RegExp(special, 'g'), String.raw`\$&`) : text
}
