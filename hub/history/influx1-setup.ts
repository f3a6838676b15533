import { z } from 'zod'
import type { Answer, Refusal } from './answer.ts'
import type { Influx1Client } from './influx1-client.ts'
import { isShorter, keepWords, kindsPattern, leftWords, RESAMPLED_HOURS, shardOf } from './setup.ts'
import type { SetupOptions, SetupResult, SetupStep } from './setup.ts'

const HOUR = 3_600_000

/** As `SHOW RETENTION POLICIES` gives it. */
const policySchema = z.object({ name: z.string(), duration: z.string(), default: z.boolean() })
type Policy = z.output<typeof policySchema>

/** The continuous queries, by name; their body as InfluxDB wants it. @param when ` WHERE …` */
export function continuousQueries(database: string, policy: string, when = ''): ReadonlyMap<string, string> {
  const body = (figures: string, numbers: boolean): string =>
    `SELECT ${figures} INTO ${name(database)}."hourly".:MEASUREMENT ` +
    `FROM ${name(database)}.${name(policy)}./${kindsPattern(numbers)}/${when} GROUP BY time(1h), *`
  const mean = 'mean("value") AS "value"'
  const count = 'count("value") AS "count"'
  return new Map([
    ['aal_hourly_numbers', body(`${mean}, min("value") AS "min", max("value") AS "max", ${count}`, true)],
    ['aal_hourly_states', body(`${mean}, ${count}`, false)],
  ])
}

/** Makes the means of each hour of a time anew: continuous queries see one day back only. Times are ms since 1970. */
export async function fillHours1(client: Influx1Client, from: number, to: number): Promise<Answer<void>> {
  const policies = await policiesOf(client)
  if (!policies.ok) return policies
  const standard = policies.value.find((policy) => policy.default)?.name ?? 'autogen'
  const when = ` WHERE time >= ${from}ms AND time < ${to}ms`
  for (const query of continuousQueries(client.database, standard, when).values()) {
    const done = await client.ask((influx) => influx.query(query, { method: 'POST' }))
    if (!done.ok) return done
  }
  return { ok: true, value: undefined }
}

async function policiesOf(client: Influx1Client): Promise<Answer<readonly Policy[]>> {
  return client.ask(async (influx) =>
    z.array(policySchema).parse([...(await influx.showRetentionPolicies(client.database))]),
  )
}

/**
 * Makes an InfluxDB 1.x keep what it should for as long as it should: the database, how long its default retention policy
 * keeps points, the retention policy `hourly` and the continuous queries that fill it. What stands there already stays.
 */
export async function setUpInflux1(client: Influx1Client, options: SetupOptions): Promise<SetupResult> {
  const { database } = client
  const { keep, keepHourly, dryRun = false } = options
  const steps: SetupStep[] = []
  const fail = (refusal: Refusal): SetupResult => ({ ...refusal, steps })

  async function run(query: string): Promise<Answer<unknown>> {
    if (dryRun) return { ok: true, value: undefined }
    return client.ask((influx) => influx.query(query, { method: 'POST' }))
  }

  async function tell(step: SetupStep, query: string): Promise<Refusal | undefined> {
    const done = await run(query)
    if (!done.ok) return { ...done, message: `${step.what}: ${done.message}` }
    steps.push(step)
    return undefined
  }

  async function keepPolicy(policy: Policy, wanted: number): Promise<Refusal | undefined> {
    const what = `retention policy "${policy.name}"`
    const now = parseGoDuration(policy.duration)
    if (now === wanted) {
      steps.push({ what, did: 'stood', detail: `keeps points ${keepWords(wanted)}` })
      return undefined
    }
    const change = `keeps points ${keepWords(wanted)}, not ${keepWords(now)}`
    if (isShorter(wanted, now) && options.shorten !== true && (await hasOlder(policy.name, wanted))) {
      steps.push({ what, did: 'left', detail: leftWords(now, wanted) })
      return undefined
    }
    return tell(
      { what, did: 'changed', detail: change },
      `ALTER RETENTION POLICY ${name(policy.name)} ON ${name(database)} ${durations(wanted)}`,
    )
  }

  /** Would something be deleted? Unsure is yes. */
  async function hasOlder(policy: string, than: number): Promise<boolean> {
    if (!isThere) return false
    const from = `${name(database)}.${name(policy)}./.*/`
    const query =
      options.careful === true
        ? 'SHOW MEASUREMENTS LIMIT 1'
        : `SELECT * FROM ${from} WHERE time < now() - ${than / HOUR}h LIMIT 1`
    const rows = await client.ask((influx) => influx.query(query))
    return !rows.ok || rows.value.length > 0
  }

  const databases = await client.ask((influx) => influx.getDatabaseNames())
  if (!databases.ok) return fail(databases)
  const isThere = databases.value.includes(database)
  if (isThere) steps.push({ what: `database "${database}"`, did: 'stood' })
  else if (options.careful === true) return fail({ ok: false, message: `there is no database "${database}"` })
  else {
    const failure = await tell(
      { what: `database "${database}"`, did: 'made' },
      `CREATE DATABASE ${name(database)}`,
    )
    if (failure) return fail(failure)
  }

  const shown: Answer<readonly Policy[]> =
    isThere || !dryRun
      ? await policiesOf(client)
      : { ok: true, value: [{ name: 'autogen', duration: '0s', default: true }] }
  if (!shown.ok) return fail(shown)
  // A database may have been made with a default policy of another name, or with none.
  const standard = shown.value.find((policy) => policy.default)
  const hourly = shown.value.find((policy) => policy.name === 'hourly')
  const failure =
    (standard
      ? await keepPolicy(standard, keep)
      : await tell(
          { what: 'retention policy "autogen"', did: 'made', detail: `keeps points ${keepWords(keep)}` },
          `CREATE RETENTION POLICY "autogen" ON ${name(database)} ${durations(keep)} DEFAULT`,
        )) ??
    (hourly
      ? await keepPolicy(hourly, keepHourly)
      : await tell(
          { what: 'retention policy "hourly"', did: 'made', detail: `keeps points ${keepWords(keepHourly)}` },
          `CREATE RETENTION POLICY "hourly" ON ${name(database)} ${durations(keepHourly)}`,
        ))
  if (failure) return fail(failure)

  const queries = isThere
    ? await showQueries(client)
    : { ok: true as const, value: new Map<string, string>() }
  if (!queries.ok) return fail(queries)
  for (const [id, body] of continuousQueries(database, standard?.name ?? 'autogen')) {
    const what = `continuous query "${id}"`
    const text =
      `CREATE CONTINUOUS QUERY ${name(id)} ON ${name(database)} ` +
      `RESAMPLE EVERY 1h FOR ${RESAMPLED_HOURS}h BEGIN ${body} END`
    const there = queries.value.get(id)
    if (there !== undefined && plain(there) === plain(text)) {
      steps.push({ what, did: 'stood' })
      continue
    }
    const dropped =
      there === undefined ? undefined : await run(`DROP CONTINUOUS QUERY ${name(id)} ON ${name(database)}`)
    if (dropped?.ok === false) return fail({ ...dropped, message: `${what}: ${dropped.message}` })
    const refused = await tell(
      { what, did: there === undefined ? 'made' : 'changed', detail: 'fills "hourly" every hour' },
      text,
    )
    if (refused) return fail(refused)
  }
  if (options.user !== undefined) await letIn(options.user)
  return { ok: true, steps }

  /** A database that was dropped took with it who may write to it. */
  async function letIn(user: string): Promise<void> {
    const what = `user "${user}"`
    const grants = await client.ask(async (influx) =>
      z.array(grantSchema).parse([...(await influx.query(`SHOW GRANTS FOR ${name(user)}`))]),
    )
    if (!grants.ok) {
      steps.push({ what, did: 'left', detail: grants.message })
      return
    }
    const own = grants.value.find((grant) => grant.database === database)
    if (own?.privilege === 'ALL PRIVILEGES') {
      steps.push({ what, did: 'stood', detail: 'may read and write' })
      return
    }
    const refused = await tell(
      { what, did: 'changed', detail: 'may read and write' },
      `GRANT ALL ON ${name(database)} TO ${name(user)}`,
    )
    if (refused) steps.push({ what, did: 'left', detail: refused.message })
  }
}

const grantSchema = z.object({ database: z.string(), privilege: z.string() })

async function showQueries(client: Influx1Client): Promise<Answer<ReadonlyMap<string, string>>> {
  return client.ask(async (influx) => {
    const raw = shownSchema.parse(await influx.queryRaw('SHOW CONTINUOUS QUERIES'))
    const series = raw.results[0]?.series.find((one) => one.name === client.database)
    return new Map(series?.values)
  })
}

const shownSchema = z.object({
  results: z.array(
    z.object({
      series: z
        .array(z.object({ name: z.string(), values: z.array(z.tuple([z.string(), z.string()])).default([]) }))
        .default([]),
    }),
  ),
})

/** InfluxDB writes a query in its own way: without the quotes that are not needed, and `1d` for `24h`. */
function plain(query: string): string {
  return query
    .replaceAll('"', '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\b(\d+)d\b/g, (_, days: string) => `${Number(days) * 24}h`)
    .trim()
}

function durations(ms: number): string {
  const shard = shardOf(ms)
  return `DURATION ${ms === 0 ? 'INF' : `${ms / HOUR}h`} REPLICATION 1 SHARD DURATION ${shard / HOUR}h`
}

/** `17520h0m0s` as ms; what is no such text is for ever. */
function parseGoDuration(text: string): number {
  const units: Readonly<Record<string, number>> = { h: HOUR, m: 60_000, s: 1000 }
  let ms = 0
  for (const [, digits, unit] of text.matchAll(/(\d+)([hms])/g))
    ms += Number(digits) * (units[unit ?? ''] ?? 0)
  return ms
}

function name(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
