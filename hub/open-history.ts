import { z } from 'zod'
import { connectInflux1 } from './history/influx1-client.ts'
import type { Influx1Client } from './history/influx1-client.ts'
import { fillHours1, setUpInflux1 } from './history/influx1-setup.ts'
import { createInflux1Writer } from './history/influx1.ts'
import { connectInflux2 } from './history/influx2-client.ts'
import { fillHours2, setUpInflux2 } from './history/influx2-setup.ts'
import { createInflux2Writer } from './history/influx2.ts'
import { createInfluxqlReader } from './history/influxql-reader.ts'
import type { Answer } from './history/answer.ts'
import type { HistoryReader } from './history/history.ts'
import type { HistoryWriter } from './history/follower.ts'
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
export async function openHistory(
  settings: InfluxSettings,
  { log, admin }: HistoryOptions,
): Promise<History> {
  const secret = (key: string) => readOptionalSecret('influxdb', key, settings, 'settings of')
  const { keep, keepHourly, graphs, url } = settings
  const keeping = { keep, keepHourly }

  /** A database that the hub makes is set up fully; where that stops half-way, points are written all the same. */
  async function create(setUp: (options: SetupOptions) => Promise<SetupResult>): Promise<Answer<unknown>> {
    const done = await setUp(keeping)
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
  function whenSetUp(
    writer: HistoryWriter,
    setUp: (options: SetupOptions) => Promise<SetupResult>,
  ): HistoryWriter {
    const look = async (): Promise<void> => {
      const done = await setUp({ ...keeping, careful: true })
      const changes = done.steps.filter(({ did }) => did === 'made' || did === 'changed')
      if (changes.length > 0) log.info({ changes }, 'the history was set up')
      if (done.ok) return
      const { status } = done
      // It is away, or the database is not there yet: looked at again before the next write.
      if (status === undefined || status >= 500 || status === 408 || status === 429) looked = undefined
      else
        log.info(
          { error: done.message },
          'the hub may not see to how long history is kept: aal history setup',
        )
    }
    return {
      async write(...given) {
        // The follower's thread writes too: one of them sets up, the other finds it done.
        await (looked ??= navigator.locks.request(`set up ${url}`, look))
        return writer.write(...given)
      },
    }
  }

  if (settings.version === 1) {
    const password = await secret('password')
    const own = {
      url,
      database: settings.database ?? 'aal',
      ...(settings.username !== undefined && { username: settings.username }),
      ...(password !== undefined && { password }),
    }
    const client = connectInflux1(own)
    const setting = admin === undefined ? client : connectInflux1({ ...own, ...admin })
    return {
      title: `InfluxDB 1.x at ${client.address}, database "${own.database}"`,
      openWriter() {
        const writing = connectInflux1(own)
        const writer = createInflux1Writer(writing, () => create((options) => setUpInflux1(writing, options)))
        return { ...whenSetUp(writer, (options) => setUpInflux1(writing, options)), close: writing.close }
      },
      openSideWriter() {
        const writing = connectInflux1(own)
        const writer = createInflux1Writer(writing, notHere)
        return { ...whenSetUp(writer, (options) => setUpInflux1(writing, options)), close: writing.close }
      },
      reader: graphs === 'influxdb' ? createInfluxqlReader(client) : undefined,
      version: client.version,
      ...lookingInto(client.select),
      setUp: (options) =>
        setUpInflux1(setting, {
          ...keeping,
          ...options,
          ...(admin !== undefined && own.username !== undefined && { user: own.username }),
        }),
      fillHours: async (from, to, onDay) => {
        const filling = connectInflux1({ ...own, ...admin, timeout: FILL_TIMEOUT })
        try {
          return await eachDay(from, to, onDay, (start, end) => fillHours1(filling, start, end))
        } finally {
          filling.close()
        }
      },
      close() {
        client.close()
        setting.close()
      },
    }
  }
  const own = {
    url,
    org: settings.org ?? '',
    bucket: settings.bucket ?? 'aal',
    token: (await secret('token')) ?? '',
  }
  const client = connectInflux2(own)
  const setting = admin === undefined ? client : connectInflux2({ ...own, ...admin })
  return {
    title: `InfluxDB 2.x at ${client.address}, organization "${own.org}", bucket "${own.bucket}"`,
    openWriter() {
      const writing = connectInflux2(own)
      const writer = createInflux2Writer(writing, () => create((options) => setUpInflux2(writing, options)))
      return { ...whenSetUp(writer, (options) => setUpInflux2(writing, options)), close: writing.close }
    },
    openSideWriter() {
      const writing = connectInflux2(own)
      const writer = createInflux2Writer(writing, notHere)
      return { ...whenSetUp(writer, (options) => setUpInflux2(writing, options)), close: writing.close }
    },
    reader: graphs === 'influxdb' ? createInfluxqlReader(client) : undefined,
    version: client.version,
    ...lookingInto(client.select),
    setUp: (options) => setUpInflux2(setting, { ...keeping, ...options }),
    fillHours: async (from, to, onDay) => {
      const filling = connectInflux2({ ...own, ...admin, timeout: FILL_TIMEOUT })
      try {
        return await eachDay(from, to, onDay, (start, end) => fillHours2(filling, start, end))
      } finally {
        filling.close()
      }
    },
    close() {
      client.close()
      setting.close()
    },
  }
}

/** 2.x answers InfluxQL where its database is mapped (`aal history setup`), and what only speaks its write API never. */
function lookingInto(select: Influx1Client['select']): Pick<History, 'measurements' | 'has'> {
  return {
    async measurements() {
      const answer = await select('SHOW MEASUREMENTS', {})
      if (!answer.ok)
        return answer.message.startsWith('database not found') ? { ok: true, value: [] } : answer
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
      if (!answer.ok)
        return answer.message.startsWith('database not found') ? { ok: true, value: false } : answer
      return { ok: true, value: answer.value.length > 0 }
    },
  }
}

async function notHere(): Promise<Answer<never>> {
  return { ok: false, message: 'it is made with the next entry of the journal' }
}

const HOUR = 3_600_000
/** A day of a thousand homes is much to read. */
const FILL_TIMEOUT = 120_000

/** In whole hours: half of one would overwrite the whole. */
async function eachDay(
  from: number,
  to: number,
  onDay: (done: number) => void,
  fill: (start: number, end: number) => Promise<Answer<void>>,
): Promise<Answer<void>> {
  const [first, last] = [Math.floor(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR]
  for (let start = first; start < last; start += 24 * HOUR) {
    const end = Math.min(last, start + 24 * HOUR)
    const done = await fill(start, end)
    if (!done.ok) return done
    onDay((end - first) / (last - first))
  }
  return { ok: true, value: undefined }
}
