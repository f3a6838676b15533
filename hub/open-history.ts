import { z } from 'zod'
import { erase1, erase2 } from './history/erase-points.ts'
import { fillHours } from './history/fill-hours.ts'
import { connectInflux1 } from './history/influx1-client.ts'
import type { Influx1Client } from './history/influx1-client.ts'
import { fillHours1, setUpInflux1 } from './history/influx1-setup.ts'
import { createInflux1Writer, isMissingDatabase } from './history/influx1.ts'
import { connectInflux2 } from './history/influx2-client.ts'
import { fillHours2, setUpInflux2 } from './history/influx2-setup.ts'
import { shownSince } from './history/correct-alerts.ts'
import type { ShownAlert } from './history/correct-alerts.ts'
import { createInflux2Writer } from './history/influx2.ts'
import { createInfluxqlReader } from './history/influxql-reader.ts'
import type { Answer } from './history/answer.ts'
import type { HistoryReader } from './history/history.ts'
import type { HistoryWriter } from './history/follower.ts'
import type { EraseTarget } from './model/erasure.ts'
import type { SetupOptions, SetupResult } from './history/setup.ts'
import { readOptionalSecret } from './settings/channel-secrets.ts'
import type { InfluxSettings } from './settings/influx-settings.ts'

/** The InfluxDB of a configuration, 1.x or 2.x. */
export interface History {
  /** `InfluxDB 1.x at http://influxdb:8086, database "aal"`; without secrets. */
  readonly title: string
  /** For the follower of the journal: makes a missing database, and says so, since all is to be written again then. */
  openWriter(): OpenWriter
  /** For what is written beside the journal: a missing database is the follower's to make. */
  openSideWriter(): OpenWriter
  /** Undefined: graphs are read from the journal. */
  readonly reader: HistoryReader | undefined
  /** The server's own version. */
  version(): Promise<Answer<string>>
  /** What the configuration says is kept, made true; see hub/history/setup.ts. */
  setUp(options?: Pick<SetupOptions, 'dryRun' | 'shorten'>): Promise<SetupResult>
  /**
   * Makes the means of each hour anew, of all days since `from` (ms since 1970): InfluxDB by itself does it one day back.
   * @param onDay hears how much is done, from 0 to 1
   */
  fillHours(from: number, to: number, onDay: (done: number) => void): Promise<Answer<void>>
  /** The measurements that are there, of this hub or of others. */
  measurements(): Promise<Answer<readonly string[]>>
  /** Is there a point of this time (nanoseconds, as digits)? Says whether what was written is still there. */
  has(measurement: string, time: string): Promise<Answer<boolean>>
  /** Deletes all points of somebody, and looks whether they are gone. */
  erase(target: EraseTarget): Promise<Answer<void>>
  /** What it shows of alerts to which something happened since a time, ms. */
  shownSince(from: number): Promise<Answer<readonly ShownAlert[]>>
  /** Lets go of the sockets of all but the writers. */
  close(): void
}

/** Each has its own connection: where one runs out of time, the others go on. */
export interface OpenWriter extends HistoryWriter {
  close(): void
}

export interface HistoryOptions {
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** Who sets up, where that is another than who writes. */
  readonly admin?: { readonly username: string; readonly password: string } | { readonly token: string }
}

/** @throws Error when the file of a secret cannot be read */
export async function openHistory(settings: InfluxSettings, options: HistoryOptions): Promise<History> {
  const { admin } = options
  const secret = (key: string) => readOptionalSecret('influxdb', key, settings, 'settings of')
  if (settings.version === 1) {
    const { url, database = 'aal', username } = settings
    const password = await secret('password')
    const own = {
      url,
      database,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    }
    return open(settings, options, {
      title: (address) => `InfluxDB 1.x at ${address}, database "${database}"`,
      connect: (more) => connectInflux1({ ...own, ...more }),
      writerOf: createInflux1Writer,
      setUp: setUpInflux1,
      fill: fillHours1,
      erase: erase1,
      // Whom an admin lets in.
      ...(admin !== undefined && username !== undefined && { user: username }),
    })
  }
  const { url, org = '', bucket = 'aal' } = settings
  const own = { url, org, bucket, token: (await secret('token')) ?? '' }
  return open(settings, options, {
    title: (address) => `InfluxDB 2.x at ${address}, organization "${org}", bucket "${bucket}"`,
    connect: (more) => connectInflux2({ ...own, ...more }),
    writerOf: createInflux2Writer,
    setUp: setUpInflux2,
    fill: fillHours2,
    erase: erase2,
  })
}

type Connection = Pick<Influx1Client, 'address' | 'select' | 'version' | 'close'>

/** Somebody else than in the settings, or more time. */
interface ConnectAs {
  readonly username?: string
  readonly password?: string
  readonly token?: string
  readonly timeout?: number
}

/** What of a history is another in each version of InfluxDB. */
interface Version<C extends Connection> {
  readonly title: (address: string) => string
  readonly connect: (more?: ConnectAs) => C
  readonly writerOf: (client: C, create: () => Promise<Answer<unknown>>) => HistoryWriter
  readonly setUp: (client: C, options: SetupOptions) => Promise<SetupResult>
  readonly fill: (client: C, from: number, to: number) => Promise<Answer<void>>
  readonly erase: (client: C, target: EraseTarget) => Promise<Answer<void>>
  readonly user?: string
}

function open<C extends Connection>(
  { keep, keepHourly, graphs, url }: InfluxSettings,
  { log, admin }: HistoryOptions,
  { title, connect, writerOf, setUp, fill, erase, user }: Version<C>,
): History {
  const keeping = { keep, keepHourly }
  const client = connect()
  const setting = admin === undefined ? client : connect(admin)

  /** A database that the hub makes is set up fully; where that stops half-way, points are written all the same. */
  async function create(writing: C): Promise<Answer<unknown>> {
    const done = await setUp(writing, keeping)
    if (done.ok) {
      log.info({ made: done.steps.map(({ what }) => what) }, 'the history was set up')
      return { ok: true, value: undefined }
    }
    // The first step is what points are written to.
    if (done.steps.length === 0) return done
    log.warn({ error: done.message }, 'the history is not set up fully; run: aal history setup')
    return { ok: true, value: undefined }
  }

  let looked: Promise<void> | undefined

  /**
   * Before anything is written: a database that somebody else made (a container's first start) is set up too. Where
   * that cannot be, points are written all the same.
   */
  async function look(writing: C): Promise<void> {
    const done = await setUp(writing, { ...keeping, careful: true })
    const changes = done.steps.filter(({ did }) => did === 'made' || did === 'changed')
    if (changes.length > 0) log.info({ changes }, 'the history was set up')
    if (done.ok) return
    const { status } = done
    // It is away, or the database is not there yet: looked at again before the next write.
    if (status === undefined || status >= 500 || status === 408 || status === 429) looked = undefined
    else
      log.info({ error: done.message }, 'the hub may not see to how long history is kept: aal history setup')
  }

  function writerTo(writing: C, make: () => Promise<Answer<unknown>>): OpenWriter {
    const writer = writerOf(writing, make)
    return {
      async write(...given) {
        // The follower's thread writes too: one of them sets up, the other finds it done.
        await (looked ??= navigator.locks.request(`set up ${url}`, () => look(writing)))
        return writer.write(...given)
      },
      close: writing.close,
    }
  }

  return {
    title: title(client.address),
    openWriter() {
      const writing = connect()
      return writerTo(writing, () => create(writing))
    },
    openSideWriter() {
      const writer = writerTo(connect(), notHere)
      return {
        async write(...given) {
          const result = await writer.write(...given)
          // Whether it was made anew is the follower's to know: nothing of this is written again.
          return result.ok ? { ok: true, refused: result.refused } : result
        },
        close: writer.close,
      }
    },
    reader: graphs === 'influxdb' ? createInfluxqlReader(client) : undefined,
    version: client.version,
    ...lookingInto(client.select),
    setUp: (more) => setUp(setting, { ...keeping, ...more, ...(user !== undefined && { user }) }),
    fillHours: async (from, to, onDay) => {
      const filling = connect({ ...admin, timeout: FILL_TIMEOUT })
      try {
        return await fillHours(from, to, onDay, (start, end) => fill(filling, start, end))
      } finally {
        filling.close()
      }
    },
    async erase(target) {
      const erasing = connect({ ...admin, timeout: FILL_TIMEOUT })
      try {
        return await erase(erasing, target)
      } finally {
        erasing.close()
      }
    },
    close() {
      client.close()
      setting.close()
    },
  }
}

/** 2.x answers InfluxQL where its database is mapped (`aal history setup`), and what only speaks its write API never. */
function lookingInto(select: Influx1Client['select']): Pick<History, 'measurements' | 'has' | 'shownSince'> {
  return {
    async shownSince(from) {
      const answer = await shownSince({ select }, from)
      return !answer.ok && isMissingDatabase(answer.message) ? { ok: true, value: [] } : answer
    },
    async measurements() {
      const answer = await select('SHOW MEASUREMENTS', {})
      if (!answer.ok) return isMissingDatabase(answer.message) ? { ok: true, value: [] } : answer
      return {
        ok: true,
        value: z
          .array(z.object({ name: z.string() }))
          .parse(answer.value)
          .map(({ name }) => name),
      }
    },
    async has(measurement, time) {
      // The name is from the hub's own table, and the time digits.
      const answer = await select(`SELECT "value" FROM "${measurement}" WHERE time = ${time} LIMIT 1`, {})
      if (!answer.ok) return isMissingDatabase(answer.message) ? { ok: true, value: false } : answer
      return { ok: true, value: answer.value.length > 0 }
    },
  }
}

async function notHere(): Promise<Answer<never>> {
  return { ok: false, message: 'it is made with the next entry of the journal' }
}

/** A day of a thousand homes is much to read. */
const FILL_TIMEOUT = 120_000
