import type { InfluxDB } from '@influxdata/influxdb-client'
import { BucketsAPI, DbrpsAPI, OrgsAPI, TasksAPI } from '@influxdata/influxdb-client-apis'
import { z } from 'zod'
import type { Answer, Refusal } from './answer.ts'
import type { Influx2Client } from './influx2-client.ts'
import { isShorter, keepWords, kindsPattern, leftWords, RESAMPLED_HOURS, shardOf } from './setup.ts'
import type { SetupOptions, SetupResult, SetupStep } from './setup.ts'

const orgsSchema = z.object({ orgs: z.array(z.object({ id: z.string(), name: z.string() })).default([]) })
const bucketSchema = z.object({
  id: z.string(),
  name: z.string(),
  retentionRules: z.array(z.object({ everySeconds: z.number() })).default([]),
})
const bucketsSchema = z.object({ buckets: z.array(bucketSchema).default([]) })
const dbrpsSchema = z.object({
  content: z
    .array(
      z.object({
        id: z.string(),
        bucketID: z.string(),
        database: z.string(),
        retention_policy: z.string(),
        default: z.boolean(),
        virtual: z.boolean().optional(),
      }),
    )
    .default([]),
})
const tasksSchema = z.object({
  tasks: z.array(z.object({ id: z.string(), name: z.string(), flux: z.string() })).default([]),
})

type Bucket = z.output<typeof bucketSchema>

/** The tasks that downsample, by name, in Flux. */
export function hourlyTasks(bucket: string): ReadonlyMap<string, string> {
  const range = `start: date.truncate(t: -${RESAMPLED_HOURS}h, unit: 1h), stop: date.truncate(t: now(), unit: 1h)`
  return new Map(
    [...HOURLY].map(([name, which]) => [
      name,
      [
        'import "date"',
        '',
        `option task = {name: ${quoted(name)}, every: 1h, offset: 5m}`,
        '',
        hourlyFlux(bucket, range, which),
      ].join('\n'),
    ]),
  )
}

const HOURLY = new Map([
  ['aal hourly numbers', { numbers: true, figures: ['mean', 'min', 'max', 'count'] }],
  ['aal hourly states', { numbers: false, figures: ['mean', 'count'] }],
])
type Hourly = typeof HOURLY extends Map<string, infer T> ? T : never

function hourlyFlux(bucket: string, range: string, { numbers, figures }: Hourly): string {
  return [
    'raw =',
    `    from(bucket: ${quoted(bucket)})`,
    `        |> range(${range})`,
    `        |> filter(fn: (r) => r._measurement =~ /${kindsPattern(numbers)}/ and r._field == "value")`,
    ...figures.flatMap((figure) => [
      '',
      'raw',
      // Stamped with the beginning of the hour, as InfluxQL does it.
      `    |> aggregateWindow(every: 1h, fn: ${figure}, createEmpty: false, timeSrc: "_start")`,
      `    |> set(key: "_field", value: "${figure === 'mean' ? 'value' : figure}")`,
      `    |> to(bucket: ${quoted(hourlyOf(bucket))})`,
      // Without a name of its own each result would be "_result", which may be there once.
      `    |> yield(name: "${figure}")`,
    ]),
    '',
  ].join('\n')
}

/** Makes the means of each hour of a time anew: tasks see one day back only. Times are ms since 1970. */
export async function fillHours2(client: Influx2Client, from: number, to: number): Promise<Answer<void>> {
  const time = (ms: number): string => new Date(ms).toISOString()
  for (const which of HOURLY.values()) {
    const query = hourlyFlux(client.bucket, `start: ${time(from)}, stop: ${time(to)}`, which)
    const done = await client.ask((influx) => runFlux(influx, `org=${encodeURIComponent(client.org)}`, query))
    if (!done.ok) return done
  }
  return { ok: true, value: undefined }
}

async function runFlux(influx: InfluxDB, org: string, query: string): Promise<string> {
  const answer: unknown = await influx.transport.request(
    `/api/v2/query?${org}`,
    { query, type: 'flux' },
    { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/csv' } },
  )
  return String(answer)
}

/** The bucket of the means of each hour. */
export function hourlyOf(bucket: string): string {
  return `${bucket}_hourly`
}

/**
 * Makes an InfluxDB 2.x keep what it should for as long as it should: the bucket and that of the hours, the tasks that
 * fill it, and what InfluxQL calls them (DBRP). What stands there already stays. By the documented API of 2.x.
 */
export async function setUpInflux2(client: Influx2Client, options: SetupOptions): Promise<SetupResult> {
  const { bucket, org } = client
  const { dryRun = false } = options
  const steps: SetupStep[] = []
  const buckets = new BucketsAPI(client.influx)
  const dbrps = new DbrpsAPI(client.influx)
  const tasks = new TasksAPI(client.influx)

  /** What was done, with what InfluxDB answered; undefined in a dry run. */
  async function tell<T>(step: SetupStep, request: () => Promise<T>): Promise<T | undefined> {
    const done = dryRun ? undefined : await client.ask(request)
    if (done?.ok === false) throw new Refused({ ...done, message: `${step.what}: ${done.message}` })
    steps.push(step)
    return done?.value
  }

  async function ask<T>(schema: z.ZodType<T>, what: string, request: () => Promise<unknown>): Promise<T> {
    const answer: Answer<unknown> = await client.ask(request)
    if (!answer.ok) throw new Refused({ ...answer, message: `${what}: ${answer.message}` })
    const parsed = schema.safeParse(answer.value)
    if (parsed.success) return parsed.data
    throw new Refused({
      ok: false,
      message: `${what}: it does not answer as InfluxDB 2 does; is the URL right?`,
    })
  }

  async function setUpBucket(orgID: string, name: string, keep: number): Promise<Bucket | undefined> {
    const what = `bucket "${name}"`
    const found = await findBucket(orgID, name)
    const retentionRules = [
      {
        type: 'expire' as const,
        everySeconds: keep / 1000,
        shardGroupDurationSeconds: shardOf(keep) / 1000,
      },
    ]
    if (!found && name === bucket && options.careful === true)
      throw new Refused({ ok: false, message: `there is no ${what}` })
    if (!found) {
      const made = await tell({ what, did: 'made', detail: `keeps points ${keepWords(keep)}` }, () =>
        buckets.postBuckets({ body: { orgID, name, description: 'AAL hub', retentionRules } }),
      )
      return bucketSchema.safeParse(made).data
    }
    const now = (found.retentionRules[0]?.everySeconds ?? 0) * 1000
    if (now === keep) steps.push({ what, did: 'stood', detail: `keeps points ${keepWords(keep)}` })
    else if (isShorter(keep, now) && options.shorten !== true && (await hasOlder(orgID, name, keep))) {
      steps.push({ what, did: 'left', detail: leftWords(now, keep) })
    } else {
      await tell(
        { what, did: 'changed', detail: `keeps points ${keepWords(keep)}, not ${keepWords(now)}` },
        () => buckets.patchBucketsID({ bucketID: found.id, body: { retentionRules } }),
      )
    }
    return found
  }

  /** Would something be deleted? Unsure is yes. */
  async function hasOlder(orgID: string, name: string, than: number): Promise<boolean> {
    const stop = options.careful === true ? 'now()' : `-${than / 3_600_000}h`
    const query = `from(bucket: ${quoted(name)}) |> range(start: 0, stop: ${stop}) |> limit(n: 1)`
    const answer = await client.ask((influx) => runFlux(influx, `orgID=${orgID}`, query))
    return !answer.ok || answer.value.trim() !== ''
  }

  async function findBucket(orgID: string, name: string): Promise<Bucket | undefined> {
    const what = `bucket "${name}"`
    const answer = await client.ask(() => buckets.getBuckets({ orgID, name }))
    // Some versions say so instead of listing none.
    if (!answer.ok && answer.status === 404 && /bucket/i.test(answer.message)) return undefined
    const { buckets: found } = await ask(bucketsSchema, what, async () => {
      if (!answer.ok) throw new Refused(answer)
      return answer.value
    })
    return found.find((one) => one.name === name)
  }

  async function setUpMapping(
    orgID: string,
    policy: string,
    to: Bucket | undefined,
    name: string,
  ): Promise<void> {
    const what = `mapping "${bucket}/${policy}"`
    const { content } = await ask(dbrpsSchema, what, () => dbrps.getDBRPs({ orgID, db: bucket }))
    // What InfluxDB makes up for each bucket gives way to a real one.
    const found = content.find((one) => one.virtual !== true && one.retention_policy === policy)
    const isDefault = policy === 'autogen'
    if (found && to && found.bucketID !== to.id) {
      steps.push({ what, did: 'left', detail: `leads to another bucket (${found.bucketID})` })
    } else if (found && found.default === isDefault) {
      steps.push({ what, did: 'stood', detail: `leads to bucket "${name}"` })
    } else if (found) {
      await tell({ what, did: 'changed', detail: isDefault ? 'is the default' : 'is not the default' }, () =>
        dbrps.patchDBRPID({ dbrpID: found.id, orgID, body: { default: isDefault } }),
      )
    } else {
      await tell({ what, did: 'made', detail: `leads to bucket "${name}"` }, () =>
        dbrps.postDBRP({
          body: {
            orgID,
            bucketID: to?.id ?? '',
            database: bucket,
            retention_policy: policy,
            default: isDefault,
          },
        }),
      )
    }
  }

  async function setUpTask(orgID: string, name: string, flux: string): Promise<void> {
    const what = `task "${name}"`
    const { tasks: found } = await ask(tasksSchema, what, () => tasks.getTasks({ orgID, name }))
    const there = found.find((one) => one.name === name)
    const detail = `fills "${hourlyOf(bucket)}" every hour`
    if (there?.flux === flux) steps.push({ what, did: 'stood', detail })
    else if (there) {
      await tell({ what, did: 'changed', detail }, () =>
        tasks.patchTasksID({ taskID: there.id, body: { flux } }),
      )
    } else {
      await tell({ what, did: 'made', detail }, () =>
        tasks.postTasks({ body: { orgID, flux, description: 'AAL hub', status: 'active' } }),
      )
    }
  }

  try {
    const orgs = await ask(orgsSchema, `organization "${org}"`, () =>
      new OrgsAPI(client.influx).getOrgs({ org }),
    )
    const orgID = orgs.orgs.find(({ name }) => name === org)?.id
    if (orgID === undefined) throw new Refused({ ok: false, message: `there is no organization "${org}"` })
    const raw = await setUpBucket(orgID, bucket, options.keep)
    const hourly = await setUpBucket(orgID, hourlyOf(bucket), options.keepHourly)
    await setUpMapping(orgID, 'autogen', raw, bucket)
    await setUpMapping(orgID, 'hourly', hourly, hourlyOf(bucket))
    for (const [name, flux] of hourlyTasks(bucket)) await setUpTask(orgID, name, flux)
    return { ok: true, steps }
  } catch (error) {
    if (error instanceof Refused) return { ...error.refusal, steps }
    throw error
  }
}

/** Ends a setup half-way; never leaves this file. */
class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('${', '\\${')
}
