import { IncomingMessage } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { InfluxDB } from 'influx'
import { errorWords, retryAfter, serverWords } from './answer.ts'
import type { Answer, Refusal } from './answer.ts'
import { isHere, postLines } from './post-lines.ts'
import { openServerUrl } from './server-url.ts'

export interface Influx1Settings {
  /** `http://influxdb:8086`; a name and password in it count when they are not given beside it. */
  readonly url: string
  /** `aal` when not given. */
  readonly database?: string
  readonly username?: string
  readonly password?: string
  /** How long one request may take, ms; 10 s when not given. */
  readonly timeout?: number
  /** Whether what is written is compressed; when not given: if the server is on another machine. */
  readonly gzip?: boolean
}

/** A connection to one InfluxDB 1.x. Nothing is sent before the first request. */
export interface Influx1Client {
  readonly influx: InfluxDB
  readonly database: string
  /** Where it is, for messages: the URL without name and password. */
  readonly address: string
  /** Runs one request; never throws for what the server or the network did, and always ends in time. */
  ask<T>(request: (influx: InfluxDB) => Promise<T>): Promise<Answer<T>>
  /** The rows of an InfluxQL query with `$name` for each placeholder; `time` is a Date. */
  select(query: string, placeholders: Readonly<Record<string, string>>): Promise<Answer<readonly unknown[]>>
  /** Writes line protocol with nanoseconds; as `ask`, it never throws and ends in time. */
  write(lines: string): Promise<Answer<void>>
  /**
   * The server's version. A server that answers, but not as InfluxDB does, is not one: without this check a
   * web page that says 200 to everything would swallow the history.
   */
  version(): Promise<Answer<string>>
  /** Ends what is under way and lets go of the sockets. */
  close(): void
}

/** @throws TypeError when the URL is none, or of another scheme than http and https */
export function connectInflux1(settings: Influx1Settings): Influx1Client {
  const { url, isSecure, address, agent } = openServerUrl(settings.url)
  const database = settings.database ?? 'aal'
  const timeout = settings.timeout ?? 10_000
  const path = url.pathname.replace(/\/+$/, '')
  const username = settings.username ?? decodeURIComponent(url.username)
  const password = settings.password ?? decodeURIComponent(url.password)
  const port = Number(url.port) || (isSecure ? 443 : 80)
  const influx = new InfluxDB({
    database,
    username,
    password,
    hosts: [{ protocol: isSecure ? 'https' : 'http', host: url.hostname, port, path, options: { agent } }],
    // Retries are the follower's matter: the pool must neither repeat a request nor set the host aside.
    pool: { maxRetries: 0, requestTimeout: timeout, backoff: NO_BACKOFF },
  })
  const writing = {
    protocol: url.protocol,
    // An IPv6 address stands in brackets only in a URL.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    path: `${path}/write?db=${encodeURIComponent(database)}&precision=n`,
    agent,
    ...(username !== '' && { auth: `${username}:${password}` }),
  }
  const gzips = settings.gzip ?? !isHere(url.hostname)

  async function ask<T>(request: (influx: InfluxDB) => Promise<T>): Promise<Answer<T>> {
    let timer: NodeJS.Timeout | undefined
    // The package limits the silence before an answer, not an answer that stops half-way: it would hang.
    const late = new Promise<Answer<T>>((resolve) => {
      timer = setTimeout(() => {
        agent.destroy()
        resolve({ ok: false, message: `it did not answer within ${timeout / 1000} s` })
      }, timeout)
    })
    try {
      return await Promise.race([request(influx).then((value) => ({ ok: true, value }) as const), late])
    } catch (error) {
      return explain(error, timeout)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    influx,
    database,
    address,
    ask,
    select: (query, placeholders) =>
      ask(async (influx) => [...(await influx.query(query, { placeholders, precision: 'ms' }))]),
    write: (lines) => ask(() => postLines(writing, lines, gzips)),
    async version() {
      const pinged = await ask((influx) => influx.ping(timeout))
      if (!pinged.ok) return pinged
      const host = pinged.value[0]
      // A ping says nothing about why it failed; a query does.
      if (host?.res == null) {
        const asked = await ask((influx) => influx.query('SHOW DATABASES'))
        return asked.ok ? { ok: false, message: 'it did not answer a ping' } : asked
      }
      if (typeof host.version === 'string') return { ok: true, value: host.version }
      return {
        ok: false,
        status: host.res.statusCode ?? 0,
        message: 'it does not answer a ping as InfluxDB does; is the URL right?',
      }
    },
    close: () => agent.destroy(),
  }
}

const NO_BACKOFF = { getDelay: () => 0, next: () => NO_BACKOFF, reset: () => NO_BACKOFF }

/** What a failed request means: the HTTP status, where there is one, and the server's own words. */
function explain(error: unknown, timeout: number): Refusal {
  if (!(error instanceof Error)) return { ok: false, message: String(error) }
  const response = responseOf(error)
  if (response !== undefined) {
    const body = error.message.replace(/^A \d+ .*? error occurred: /s, '').trim()
    const after = retryAfter(response.headers['retry-after'], Date.now())
    const { status } = response
    const isPage = /^<(!doctype|html)\b/i.test(body)
    return {
      ok: false,
      status,
      message: isPage
        ? `it answered ${status} with a web page; is the URL right?`
        : serverWords(body) || `it answered ${status}`,
      ...(after !== undefined && { after }),
    }
  }
  return { ok: false, message: errorWords(error, timeout) }
}

function responseOf(error: Error): { status: number; headers: IncomingHttpHeaders } | undefined {
  if (!('res' in error && error.res instanceof IncomingMessage)) return undefined
  const { statusCode, headers } = error.res
  return statusCode === undefined ? undefined : { status: statusCode, headers }
}
