import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { freePort } from './free-port.ts'
import { startServer } from './server-process.ts'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'

const series = z.object({
  /** What is about no measurement has none. */
  name: z.string().default(''),
  tags: z.record(z.string(), z.string()).optional(),
  columns: z.array(z.string()),
  values: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).default([]),
})
const answer = z.union([
  z.object({ error: z.string() }),
  z.object({
    results: z.array(z.object({ error: z.string().optional(), series: z.array(series).default([]) })),
  }),
])

export type InfluxSeries = z.output<typeof series>

export interface Influxd {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** For `SIGSTOP`, and `SIGCONT` after it. */
  readonly pid: number
  /** Give it and the port to `startInfluxd` to come back with the same data. */
  readonly dir: string
  /**
   * Runs InfluxQL (also `CREATE DATABASE`) and returns the series of all its statements; times are
   * nanoseconds, which lose digits beyond 2^53: ask for text where they matter.
   * @throws Error with InfluxDB's own message
   */
  query(db: string, q: string): Promise<InfluxSeries[]>
  /** The same, its answer as it came: JSON with all digits of times. */
  queryText(db: string, q: string): Promise<string>
  output(): string
  /** `SIGKILL` is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface InfluxdOptions {
  readonly dir?: string
  readonly port?: number
  /** Asks for names and passwords; the first user is made without (`CREATE USER … WITH ALL PRIVILEGES`). */
  readonly auth?: boolean
  /** The largest body it takes, bytes. */
  readonly maxBody?: number
  /** How often it looks for continuous queries that are due (`100ms`); never when not given. */
  readonly continuousQueries?: string
}

/** A real InfluxDB 1.x, without authentication unless asked for, on loopback. */
export async function startInfluxd(options: InfluxdOptions = {}): Promise<Influxd> {
  const dir = options.dir ?? tempDir('influxd')
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  mkdirSync(dir, { recursive: true })
  const config = join(dir, 'influxdb.conf')
  writeFileSync(config, configText(dir, port, options))
  const server = await startServer({
    name: 'influxd',
    command: requireServer('influxd'),
    args: ['run', '-config', config],
    ready: async () => (await fetch(`${url}/ping`)).status === 204,
  })
  return {
    url,
    port,
    pid: server.pid,
    dir,
    query: (db, q) => query(url, db, q),
    queryText: (db, q) => ask(url, db, q).then((response) => response.text()),
    output: server.output,
    stop: server.stop,
  }
}

function ask(url: string, db: string, q: string): Promise<Response> {
  return fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ db, q, epoch: 'ns' }) })
}

async function query(url: string, db: string, q: string): Promise<InfluxSeries[]> {
  const response = await ask(url, db, q)
  const body = answer.parse(await response.json())
  if ('error' in body) throw new Error(`Cannot query InfluxDB: ${body.error}`)
  return body.results.flatMap((result) => {
    if (result.error !== undefined) throw new Error(`Cannot query InfluxDB: ${result.error}`)
    return result.series
  })
}

function configText(
  dir: string,
  port: number,
  { auth = false, maxBody, continuousQueries }: InfluxdOptions,
): string {
  return `
reporting-disabled = true
# For backups over RPC, which no test makes; it cannot be turned off.
bind-address = "127.0.0.1:0"
[meta]
dir = "${join(dir, 'meta')}"
[data]
dir = "${join(dir, 'data')}"
wal-dir = "${join(dir, 'wal')}"
query-log-enabled = false
[monitor]
store-enabled = false
[subscriber]
enabled = false
[continuous_queries]
${continuousQueries === undefined ? 'enabled = false' : `run-interval = "${continuousQueries}"\nlog-enabled = false`}
[http]
auth-enabled = ${auth}
${maxBody === undefined ? '' : `max-body-size = ${maxBody}`}
bind-address = "127.0.0.1:${port}"
log-enabled = false
`
}
