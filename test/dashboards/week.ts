import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { planHomes } from '../../devices/simulator/home-plan.ts'
import { simulatePast } from '../../hub/cli/demo-past.ts'
import { formatTable } from '../../hub/cli/print.ts'
import { loadConfig } from '../../hub/config.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import { startHub } from '../../hub/hub.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { writeConfig } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { askAll } from './ask-panels.ts'
import { madeDashboards } from './made.ts'
import { sampleIndicators, sampleNow } from './sample-hub.ts'

/**
 * What the dashboards find after a week of many homes, from a fresh database:
 *
 *   node test/dashboards/week.ts --homes 50
 *
 * The week is lived on a virtual clock, through the hub's own stream; then a real hub starts on it and its follower
 * writes all of it to a real InfluxDB. Samples are of now only, as nobody sampled the past; indicators, which come from
 * the journal, of the end of each of these days too. The time picker says seven days.
 */
const { values } = parseArgs({ options: { homes: { type: 'string', default: '50' } } })
const DAY = 24 * 3_600_000
const WEEK = 7 * DAY
/** What the sensors of the simulated homes do not measure. */
const OTHERS = ['zigbee2mqtt-seat', 'json-blood-pressure', 'esphome-temperature']
const ruleFiles = await loadRuleFiles('rules')
const folder = join(tempDir('week'), 'data')
const took: string[] = []
const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now()
  const result = await work()
  took.push(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}

const to = Date.now()
const profiles = await loadProfiles('devices/profiles')
const others = OTHERS.flatMap((id) => profiles.get(id) ?? [])
const past = await timed(`a week of ${values.homes} homes`, () =>
  simulatePast({
    folder,
    homes: planHomes(Number(values.homes), 'h', others),
    passwords: {},
    profiles,
    ruleFiles,
    from: to - WEEK,
    to,
    onProgress: () => {},
  }),
)

await using stack = new AsyncDisposableStack()
const influxd = await startInfluxd()
stack.defer(() => influxd.stop())
const file = writeConfig(`influxdb: { url: "${influxd.url}" }\nmqtt: { port: 0 }\nhttp: { port: 0 }`)
const config = { ...(await loadConfig(file)), data: folder }
const onFailure = (error: Error): void => console.error(error)
const hub = await startHub({ config, log: pino({ level: 'silent' }), onFailure })
stack.defer(() => hub.stop())
await timed('written to InfluxDB', () =>
  waitFor('history to be written', async () => (await hub.office.system()).facts.history?.waiting === 0, {
    timeout: 300_000,
  }),
)
const client = connectInflux1({ url: influxd.url })
stack.defer(() => client.close())
const writer = createInflux1Writer(client)
await sampleNow(hub, writer)
await sampleIndicators(
  hub,
  writer,
  [1, 2, 3, 4, 5, 6].map((days) => hub.core.now() - days * DAY),
)

const counts = await influxd.query('aal', 'SELECT count(*) FROM /.*/')
const points = counts.reduce(
  (sum, { values: [row = []] }) => sum + Math.max(0, ...row.slice(1).map(Number)),
  0,
)
const rows: string[][] = []
const variables = { home: ['h-0001'], area: '.*' }
for (const { language, dashboard } of await madeDashboards()) {
  if (language !== 'en') continue
  const now = hub.core.now() + 1
  for (const asked of await askAll(dashboard, { influxd, database: 'aal', now, variables, back: WEEK })) {
    const what = asked.sort === 'panel' ? asked.what : `(${asked.sort}) ${asked.what}`
    rows.push([asked.dashboard, `${what} ${asked.refId}`, String(asked.rows), asked.ms.toFixed(1)])
  }
}
const slowest = Math.max(...rows.map(([, , , ms]) => Number(ms)))
const none = rows.filter(([, , count]) => count === '0')
console.log(formatTable(['DASHBOARD', 'PANEL', 'ROWS', 'MS'], rows))
console.log(
  [
    '',
    ...took,
    `${past.messages} messages, ${past.readings} readings, ${past.alerts} alerts, ${points} points`,
    `${rows.length} queries, ${none.length} without rows; the slowest ${slowest} ms`,
  ].join('\n'),
)
