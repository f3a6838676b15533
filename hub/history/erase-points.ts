import type { EraseTarget } from '../model/erasure.ts'
import type { Answer } from './answer.ts'
import type { Influx1Client } from './influx1-client.ts'
import { isMissingDatabase } from './influx1.ts'
import type { Influx2Client } from './influx2-client.ts'
import { hourlyOf } from './influx2-setup.ts'
import { tagValue } from './points.ts'

/** The tags by which points are somebody's: each of these together. */
type Tags = Readonly<Record<string, string>>

/** A whole home by its tag; a resident by their sensors, and by alerts about them or a sensor. */
function tagsOf({ home, resident, sensors }: EraseTarget): readonly Tags[] {
  if (resident === undefined) return [{ home }]
  return [resident, ...sensors].flatMap((part) => [
    ...(part === resident ? [] : [{ home, sensor: part }]),
    { home, subject: part },
  ])
}

/** InfluxDB 1.x: the series go, in all that is kept of them (every point, and the means of hours). */
export async function erase1(client: Influx1Client, target: EraseTarget): Promise<Answer<void>> {
  for (const tags of tagsOf(target)) {
    const where = Object.entries(tags)
      .map(([tag, value]) => `"${tag}" = ${literal(value)}`)
      .join(' AND ')
    const dropped = await client.ask((influx) => influx.query(`DROP SERIES WHERE ${where}`))
    if (!dropped.ok) {
      if (isMissingDatabase(dropped.message)) continue
      return dropped
    }
    const left = await client.ask((influx) => influx.query(`SHOW SERIES WHERE ${where} LIMIT 1`))
    if (!left.ok) return left
    if (left.value.length > 0) return { ok: false, message: 'it still has points of them' }
  }
  return { ok: true, value: undefined }
}

/** InfluxDB 2.x: the bucket, and that of the hours. */
export async function erase2(client: Influx2Client, target: EraseTarget): Promise<Answer<void>> {
  const { org } = client
  for (const bucket of [client.bucket, hourlyOf(client.bucket)]) {
    for (const tags of tagsOf(target)) {
      const predicate = Object.entries(tags)
        .map(([tag, value]) => `${tag}="${tagValue(value).replaceAll('"', String.raw`\"`)}"`)
        .join(' AND ')
      const deleted = await client.ask((influx) =>
        influx.transport.request(
          `/api/v2/delete?${new URLSearchParams({ org, bucket })}`,
          JSON.stringify({ start: '1970-01-01T00:00:00Z', stop: '2200-01-01T00:00:00Z', predicate }),
          { method: 'POST', headers: { 'content-type': 'application/json' } },
        ),
      )
      if (deleted.ok) continue
      // Not set up: there are no means of hours.
      if (bucket !== client.bucket && isNoBucket(deleted)) break
      return { ...deleted, message: `bucket "${bucket}": ${deleted.message}` }
    }
  }
  return { ok: true, value: undefined }
}

function isNoBucket({ status, message }: { status?: number; message: string }): boolean {
  return status === 404 && /bucket/i.test(message)
}

function literal(text: string): string {
  return `'${tagValue(text).replaceAll("'", String.raw`\'`)}'`
}
