import { loadavg } from 'node:os'
import { connectAsync } from 'mqtt'
import { openDatabase } from '../../hub/database/open-database.ts'
import { startBenchHub } from './bench-hub.ts'
import { at, median } from './figures.ts'
import type { Figure } from './figures.ts'

const DAY = 24 * 3_600_000
const DAYS = 30
const A_DAY = 1300
const HOMES = 20

/**
 * What 30 days of a home cost when somebody looks at them: the answer itself, and what a gateway meanwhile notices of it, by
 * turns with looking at nothing.
 */
export async function benchOverview(quick: boolean): Promise<Figure[]> {
  const hub = await startBenchHub(HOMES, '', keepPast)
  const [gateway] = hub.gateways
  if (!gateway) throw new Error('there is no gateway')
  const { home, username, password } = gateway
  const client = await connectAsync(`mqtt://127.0.0.1:${hub.port}`, {
    username,
    password,
    reconnectPeriod: 0,
  })
  try {
    const answers = { day: [] as number[], week: [] as number[], month: [] as number[] }
    const look = async (path: string, times: number[]): Promise<unknown> => {
      const begin = performance.now()
      const answer = await hub.call('GET', `/api/homes/${home}/${path}`)
      times.push(performance.now() - begin)
      return answer
    }
    const { vitals } = (await look('overview?days=30', [])) as {
      vitals?: readonly { days: readonly { count: number }[] }[]
    }
    const found = vitals?.[0]?.days.reduce((sum, { count }) => sum + count, 0) ?? 0
    if (found < DAYS * 500) throw new Error(`The overview has ${found} measurements of what was kept`)

    const acknowledged = { alone: [] as number[], beside: [] as number[], besideDay: [] as number[] }
    const time = quick ? 2000 : 6000
    for (let round = 0; round < 3; round++) {
      await publishFor(time, acknowledged.alone)
      await publishFor(time, acknowledged.beside, () => look('overview?days=30', answers.month))
      await publishFor(time, acknowledged.besideDay, () => look('past', answers.day))
    }
    for (let round = 0; round < 5; round++) await look('overview?days=7', answers.week)

    const note = `${DAYS} days of ${A_DAY} readings; load of the machine ${loadavg()[0]?.toFixed(1)}`
    const figure = (name: string, value: number): Figure => ({
      name: `overview.${name}`,
      value,
      unit: 'ms',
      note,
    })
    return [
      figure('answer-24-h', median(answers.day)),
      figure('answer-7-days', median(answers.week)),
      figure('answer-30-days', median(answers.month)),
      ...(['alone', 'beside', 'besideDay'] as const).flatMap((which) => {
        const name = { alone: 'nothing', beside: '30-days', besideDay: '24-h' }[which]
        const times = acknowledged[which]
        return [
          figure(`puback-beside-${name}-p50`, median(times)),
          figure(`puback-beside-${name}-p99`, at(times, 0.99)),
          figure(`puback-beside-${name}-most`, at(times, 1)),
        ]
      }),
    ]
  } finally {
    await client.endAsync(true)
    await hub.stop()
  }

  /** One reading after the other, each when the one before was acknowledged; meanwhile somebody looks again and again. */
  async function publishFor(time: number, times: number[], again?: () => Promise<unknown>): Promise<void> {
    const end = performance.now() + time
    const lookOn = async (look: () => Promise<unknown>): Promise<void> => {
      while (performance.now() < end) await look()
    }
    const looking = again && lookOn(again)
    while (performance.now() < end) {
      const begin = performance.now()
      await client.publishAsync(`homes/${home}/sensors/pulse`, '{"kind":"heart_rate","value":72}', { qos: 1 })
      times.push(performance.now() - begin)
    }
    await looking
  }
}

/** A month of the first home, as the journal has it, before the hub starts. */
export function keepPast(data: string): void {
  const database = openDatabase(data)
  const put = database.db.prepare(
    "INSERT INTO journal (now, type, home, sensor, kind, at, body) VALUES (?, 'reading', 'h-00001', ?, ?, ?, ?)",
  )
  const begin = Date.now() - DAYS * DAY
  database.db.exec('BEGIN')
  for (let index = 0; index < DAYS * A_DAY; index++) {
    const at = begin + Math.floor((index * DAY) / A_DAY)
    const hour = new Date(at).getHours()
    const [sensor, kind, value] =
      index % 13 < 7
        ? (['pulse', 'heart_rate', Math.round(68 + 9 * Math.sin(hour / 4) + (index % 5))] as const)
        : index % 13 < 9
          ? (['pulse', 'spo2', 94 + (index % 4)] as const)
          : (['fall', 'motion', hour > 6 && hour < 23 && (index * 7) % 11 < 6] as const)
    const reading = { home: 'h-00001', sensor, kind, value, at, receivedAt: at }
    put.run(at, sensor, kind, at, JSON.stringify({ type: 'reading', reading }))
  }
  database.db.exec('COMMIT')
  database.close()
}
