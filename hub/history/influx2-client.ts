import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import type { Transport } from '@influxdata/influxdb-client'
import { z } from 'zod'
import { errorWords, retryAfter, serverWords } from './answer.ts'
import type { Answer, Refusal } from './answer.ts'
import { isHere } from './post-lines.ts'
import { openServerUrl } from './server-url.ts'

export interface Influx2Settings {
  /** `http://influxdb:8086` */
  readonly url: string
  /** By name. */
  readonly org: string
  readonly bucket: string
  readonly token: string
  /** How long one request may take, ms; 10 s when not given. */
  readonly timeout?: number
  /** Whether large bodies are compressed. */
  readonly gzip?: boolean
}

/** A connection to one InfluxDB 2.x, or what speaks its write API. Nothing is sent before the first request. */
export interface Influx2Client {
  /** For the packages' own APIs; its requests end in time. */
  readonly influx: InfluxDB
  readonly org: string
  readonly bucket: string
  /** Where it is, for messages. */
  readonly address: string
  /** Runs one request; never throws for what the server or the network did, and always ends in time. */
  ask<T>(request: (influx: InfluxDB) => Promise<T>): Promise<Answer<T>>
  /** Writes lines of line protocol, with nanoseconds. */
  write(lines: string): Promise<Answer<void>>
  /**
   * The rows of an InfluxQL query with `$name` for each placeholder; `time` is a Date. The database is the bucket's name
   * (`aal history setup` makes that mapping).
   */
  select(query: string, placeholders: Readonly<Record<string, string>>): Promise<Answer<readonly unknown[]>>
  /** The server's version, `unknown` where it does not say it; a refusal when it says itself that it is ill. */
  version(): Promise<Answer<string>>
  /** Ends what is under way and lets go of the sockets. */
  close(): void
}

/** Bytes from which a body is worth its compression, where it goes over a network. */
const GZIP_FROM = 1000

/** @throws TypeError when the URL is none, or of another scheme than http and https */
export function connectInflux2(settings: Influx2Settings): Influx2Client {
  const { org, bucket, token, timeout = 10_000 } = settings
  const { url, address, agent } = openServerUrl(settings.url)
  const connection = { url: address, token, timeout, transportOptions: { agent } }
  const influx = new InfluxDB({
    ...connection,
    transport: inTime(new InfluxDB(connection).transport, timeout),
  })
  const { transport } = influx

  async function ask<T>(request: (influx: InfluxDB) => Promise<T>): Promise<Answer<T>> {
    try {
      return { ok: true, value: await request(influx) }
    } catch (error) {
      return explain(error, timeout)
    }
  }

  return {
    influx,
    org,
    bucket,
    address,
    ask,
    async write(lines) {
      const query = new URLSearchParams({ org, bucket, precision: 'ns' })
      let status = 0
      // Not the package's WriteApi: it buffers and repeats, which is the follower's matter.
      const sent = await ask(() =>
        transport.request(
          `/api/v2/write?${query}`,
          lines,
          {
            method: 'POST',
            headers: { 'content-type': 'text/plain; charset=utf-8' },
            gzipThreshold: (settings.gzip ?? !isHere(url.hostname)) ? GZIP_FROM : Number.MAX_SAFE_INTEGER,
          },
          (_headers, code) => (status = code ?? 0),
        ),
      )
      if (!sent.ok) return sent
      // A web page that says 200 to everything would swallow the history.
      if (status === 204) return { ok: true, value: undefined }
      return {
        ok: false,
        status,
        message: `it answers a write with ${status}, not as InfluxDB does; is the URL right?`,
      }
    },
    async select(query, placeholders) {
      const asked = new URLSearchParams({
        db: bucket,
        epoch: 'ms',
        q: query,
        params: JSON.stringify(placeholders),
      })
      const answer = await ask((db) =>
        db.transport.request(`/query?${asked}`, '', {
          method: 'GET',
          headers: { accept: 'application/json' },
        }),
      )
      if (!answer.ok) return answer
      const parsed = selectedSchema.safeParse(answer.value)
      if (!parsed.success)
        return { ok: false, message: 'it does not answer a query as InfluxDB does; is the URL right?' }
      const failed = parsed.data.results.find(({ error }) => error !== undefined)
      if (failed?.error !== undefined) return { ok: false, message: failed.error }
      return { ok: true, value: parsed.data.results.flatMap(({ series }) => series.flatMap(rowsOf)) }
    },
    async version() {
      const health = await ask((db) => db.transport.request('/health', '', { method: 'GET' }))
      // What only speaks the write API says "OK", or nothing, and has its version in a ping.
      const said = healthSchema.safeParse(health.ok ? health.value : undefined)
      if (said.success && said.data.status === 'pass')
        return { ok: true, value: said.data.version ?? 'unknown' }
      if (!health.ok && health.status !== 404) return health
      let version: string | undefined
      const ping = await ask((db) =>
        db.transport.request('/ping', '', { method: 'GET' }, (headers, status) => {
          const told = headers['x-influxdb-version']
          version = typeof told === 'string' ? told : status === 204 ? 'unknown' : undefined
        }),
      )
      if (!ping.ok) return ping
      if (version !== undefined) return { ok: true, value: version }
      return { ok: false, message: 'it does not answer a ping as InfluxDB does; is the URL right?' }
    },
    close: () => agent.destroy(),
  }
}

const seriesSchema = z.object({
  columns: z.array(z.string()),
  values: z.array(z.array(z.unknown())).default([]),
})
const selectedSchema = z.object({
  results: z.array(z.object({ error: z.string().optional(), series: z.array(seriesSchema).default([]) })),
})

function rowsOf({ columns, values }: z.output<typeof seriesSchema>): unknown[] {
  return values.map((row) =>
    Object.fromEntries(
      columns.map((name, index) => [name, name === 'time' ? new Date(Number(row[index])) : row[index]]),
    ),
  )
}

const healthSchema = z.object({ status: z.string(), version: z.string().optional() })

/** The package limits the silence between two packets, not a request: one that drips would hang. */
function inTime(transport: Transport, timeout: number): Transport {
  return {
    chunkCombiner: transport.chunkCombiner,
    send: (path, body, options, callbacks) => transport.send(path, body, limited(options), callbacks),
    request: (path, body, options, started) => transport.request(path, body, limited(options), started),
    iterate: (path, body, options) => transport.iterate(path, body, limited(options)),
  }
  function limited<T extends object>(options: T): T & { signal: AbortSignal } {
    return { ...options, signal: AbortSignal.timeout(timeout) }
  }
}

/** What a failed request means: the HTTP status, where there is one, and the server's own words. */
function explain(error: unknown, timeout: number): Refusal {
  if (!(error instanceof Error)) return { ok: false, message: String(error) }
  if (error instanceof HttpError) {
    const { statusCode: status, headers } = error
    const after = retryAfter(headers?.['retry-after'], Date.now())
    const words = serverWords((error.body ?? '').trim()) || `it answered ${status}`
    return {
      ok: false,
      status,
      message: status === 401 ? `it does not accept the token: ${words}` : words,
      ...(after !== undefined && { after }),
    }
  }
  return { ok: false, message: errorWords(error, timeout) }
}
