import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SmsGateway, TakenSms, Treatment } from '../helpers/sms-gateway.ts'
import type { SentReading } from './load.ts'

/** When each message reached the provider first, by the hub's key; milliseconds of this process. */
export function noteArrivals(
  gateway: SmsGateway,
  treat: (sms: TakenSms) => Treatment = () => 'take',
): ReadonlyMap<string, number> {
  const arrivals = new Map<string, number>()
  gateway.treat((sms) => {
    const treatment = treat(sms)
    if (treatment !== 'refuse' && !arrivals.has(sms.key)) arrivals.set(sms.key, performance.now())
    return treatment
  })
  return arrivals
}

/** From when an alarm was sent first until its first message was with the provider, ms; Infinity: it never was. */
export function alarmDelays(
  data: string,
  alarms: readonly SentReading[],
  arrivals: ReadonlyMap<string, number>,
): number[] {
  const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
  const found = db.prepare("SELECT id, json_extract(body, '$.scope') AS scope FROM alert").all() as {
    id: string
    scope: string
  }[]
  db.close()
  const idOf = new Map(found.map(({ id, scope }) => [scope, id]))
  return alarms.map(({ home, sensor, sentAt }) => {
    const key = `${idOf.get(`${home}/${sensor}`)}.1.daughter.sms`
    return (arrivals.get(key) ?? Infinity) - sentAt
  })
}
