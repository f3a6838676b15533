import { z } from 'zod'
import { parseDuration } from '../source/duration.ts'

const HOUR = 3_600_000
const YEAR = 365 * 24 * HOUR
/** Keeps for ever, as both versions of InfluxDB write it. */
const FOREVER = 0

const EXPECTED = 'expected a duration of whole hours such as 90d or 2y, or forever'

/** How long points are kept, as ms; `forever` and 0 give 0. */
const keep = z
  .union([z.string(), z.literal(0)], { error: (issue) => `is ${JSON.stringify(issue.input)}, ${EXPECTED}` })
  .transform((given, context) => {
    if (given === 0 || given === 'forever' || given === '0') return FOREVER
    const ms = /^\d+y$/.test(given) ? Number.parseInt(given, 10) * YEAR : parseDuration(given)
    // Both versions of InfluxDB keep nothing shorter.
    if (ms !== undefined && ms >= HOUR && ms % HOUR === 0) return ms
    context.issues.push({ code: 'custom', input: given, message: `is "${given}", ${EXPECTED}` })
    return z.NEVER
  })

const text = z.string().min(1)
/** Which version has a key; the others have it both. */
const ONLY = {
  1: ['database', 'username', 'password', 'passwordFile'],
  2: ['org', 'bucket', 'token', 'tokenFile'],
} as const

/** The InfluxDB of a `hub.yaml`. */
export const influxSchema = z
  .strictObject({
    url: z.url().describe('http://influxdb:8086'),
    version: z
      .union([z.literal(1), z.literal(2)], { error: 'expected 1 or 2' })
      .default(1)
      .describe('1: InfluxDB 1.x. 2: InfluxDB 2.x, and what speaks its write API.'),
    database: text.optional().describe('1.x: made when it is not there. Default: aal.'),
    username: text.optional().describe('1.x, where it asks for one.'),
    password: text.optional().describe('1.x; better in a file of its own: passwordFile.'),
    passwordFile: text.optional().describe('A file whose first line is the password.'),
    org: text.optional().describe('2.x: the organization, by name.'),
    bucket: text.optional().describe('2.x: made when it is not there and the token may. Default: aal.'),
    token: text.optional().describe('2.x; better in a file of its own: tokenFile.'),
    tokenFile: text.optional().describe('A file whose first line is the token.'),
    keep: keep
      .default(2 * YEAR)
      .describe('How long every point is kept: 2y. "aal history setup" tells InfluxDB.'),
    keepHourly: keep.default(10 * YEAR).describe('How long the means of each hour are kept: 10y.'),
    graphs: z
      .enum(['influxdb', 'journal'])
      .default('influxdb')
      .describe("Where the console's graphs are read; journal where InfluxDB can be written only."),
  })
  .superRefine((influx, context) => {
    const fail = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    const { version } = influx
    for (const key of ONLY[version === 1 ? 2 : 1]) {
      if (influx[key] === undefined) continue
      fail(key, version === 1 ? 'is of InfluxDB 2.x, expected "version: 2" beside it' : 'is of InfluxDB 1.x')
    }
    for (const [key, file] of [
      ['password', 'passwordFile'],
      ['token', 'tokenFile'],
    ] as const) {
      if (influx[key] !== undefined && influx[file] !== undefined)
        fail(key, `stands beside ${file}, expected one of them`)
    }
    const address = URL.parse(influx.url)
    if (address && !/^https?:$/.test(address.protocol)) fail('url', 'expected http:// or https://')
    if (version === 2) {
      if (address?.username) fail('url', 'has a user name in it: expected token or tokenFile')
      if (influx.org === undefined) fail('org', 'is missing, expected the name of the organization')
      if (influx.token === undefined && influx.tokenFile === undefined)
        fail('tokenFile', 'is missing, expected a file with the token')
    } else if (influx.username === undefined && (influx.password ?? influx.passwordFile) !== undefined) {
      fail('username', 'is missing, expected one with the password')
    }
  })

export type InfluxSettings = z.output<typeof influxSchema>
