import { expect, it } from 'vitest'
import { startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { countInflux, countJournal, total } from '../helpers/history-counts.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { createLoad, seeded } from './load.ts'

const HOMES = 3
const FALL_SENSORS = 40
/** How many more readings must be acknowledged while InfluxDB is away, and while it hangs. */
const MEANWHILE = 500

it.skipIf(serverMissing('influxd'))(
  'while InfluxDB is killed, hangs, and the hub is killed too, PUBACKs go on, and no point is missing or doubled after',
  async ({ task }) => {
    let influxd = await startInfluxd()
    const config = `${hubYaml()}influxdb: { url: "${influxd.url}" }\n`
    let hub = await startHubProcess({ config })
    const { data } = hub
    const homes = await register(hub, HOMES, FALL_SENSORS)
    const load = createLoad({ homes, random: seeded(7), window: 4, falls: 0.05, fallSensors: FALL_SENSORS })
    const more = async (what: string, count: number): Promise<void> => {
      const until = load.acknowledged() + count
      await waitFor(what, () => load.acknowledged() >= until, { timeout: 30_000, interval: 2 })
    }
    const written = async (): Promise<number> => total(await countInflux(influxd))
    const state = async (one: HubProcess): Promise<Record<string, unknown>> =>
      (await one.api<{ history: Record<string, unknown> }>('GET', '/api/system')).history
    try {
      const running = load.run(hub.mqttPort)
      await waitFor('the first points', async () => (await written().catch(() => 0)) > 0)

      // A crash, with a write under way or about to be.
      await influxd.stop('SIGKILL')
      await more('PUBACKs without InfluxDB', MEANWHILE)
      await waitFor('the outage to be noticed', async () => (await state(hub))['error'] !== undefined)
      const waiting = Number((await state(hub))['waiting'])
      await more('PUBACKs after the outage was noticed', MEANWHILE)
      influxd = await startInfluxd({ dir: influxd.dir, port: influxd.port })
      const before = await written()
      await waitFor('what waited to be written', async () => (await written()) > before, { timeout: 30_000 })

      // It takes connections and answers nothing: the write stays under way. The hub dies with it.
      process.kill(influxd.pid, 'SIGSTOP')
      await more('PUBACKs while InfluxDB hangs', MEANWHILE)
      expect((await hub.kill('SIGKILL')).signal).toBe('SIGKILL')
      await running
      hub = await startHubProcess({ data, config })
      await load.finish(hub.mqttPort)
      process.kill(influxd.pid, 'SIGCONT')
      const wellAt = performance.now()

      await waitFor('all to be written', async () => (await state(hub))['waiting'] === 0, { timeout: 30_000 })
      const recovery = [performance.now() - wellAt]
      await hub.kill('SIGTERM')
      const wrong = await findWrong({ data, sent: load.sent, influxd })
      recordFault(task, {
        fault: 'InfluxDB killed, then frozen, and the hub killed',
        times: 1,
        readings: load.acknowledged(),
        alarms: load.alarms(),
        lost: wrong.lost.length,
        doubled: wrong.twice.length,
        recovery,
      })
      const [journal, there] = [countJournal(data), await countInflux(influxd)]
      console.log(
        `${load.acknowledged()} readings acknowledged, ${waiting} entries waited when the outage was noticed; ` +
          `points by the journal ${JSON.stringify(journal)}, in InfluxDB ${JSON.stringify(there)}`,
      )
      expect(wrong).toEqual(NOTHING_WRONG)
      expect(there).toEqual(journal)
      expect(total(journal)).toBeGreaterThan(3 * MEANWHILE)
      expect(journal['alert']).toBeGreaterThan(20)
      expect(waiting).toBeGreaterThan(0)
    } finally {
      await hub.kill('SIGKILL')
      await influxd.stop('SIGKILL')
    }
  },
)
