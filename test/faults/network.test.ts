import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serverMissing } from '../helpers/servers.ts'
import { recordFault } from './fault-row.ts'
import { NOTHING_WRONG } from './invariants.ts'
import type { LossyRun, Stretch } from './lossy-link.ts'
import { noOwnNetwork, runInOwnNetwork } from './own-network.ts'
import { SHARE } from './thorough.ts'

const QUICK: readonly Stretch[] = [
  { fault: 'packet loss, 10 %', weather: { lose: 10 }, alarms: 15 },
  { fault: 'resets that the gateway hears', weather: { resetSenders: 20 }, alarms: 15 },
]
const THOROUGH: readonly Stretch[] = [
  { fault: 'packet loss, 5 %', weather: { lose: 5 }, alarms: 60 },
  { fault: 'packet loss, 10 %', weather: { lose: 10 }, alarms: 60 },
  { fault: 'packet loss, 20 %', weather: { lose: 20 }, alarms: 60 },
  { fault: 'resets that the gateway hears', weather: { resetSenders: 20 }, alarms: 60 },
  { fault: 'resets that the hub hears', weather: { resetHub: 20 }, alarms: 60 },
  { fault: 'a slow link (128 kbit/s)', weather: { rate: '128kbit' }, alarms: 60 },
  {
    fault: 'loss, resets and a slow link',
    weather: { lose: 5, resetSenders: 5, resetHub: 5, rate: '256kbit' },
    alarms: 60,
  },
]
/** Of a slow machine with lost packets, ms: TCP sends again after a fifth of a second, then twice that, and so on. */
const IN_TIME = 30_000

it.skipIf(serverMissing('nft', 'ip', 'tc', 'influxd') || noOwnNetwork() !== undefined)(
  'packets lost, connections reset, a slow link: sent again, nothing twice, each alarm told in time',
  { timeout: 600_000 },
  async ({ task }) => {
    const plan = JSON.stringify(SHARE === 1 ? THOROUGH : QUICK)
    const printed = await runInOwnNetwork(join(import.meta.dirname, 'lossy-link.ts'), [plan])
    const { rows, wrong, outOfOrder, resends, connects } = JSON.parse(printed) as LossyRun
    for (const row of rows) recordFault(task, row)
    console.log(`${resends} packets sent again with DUP, ${connects} connects`)
    expect(wrong).toEqual(NOTHING_WRONG)
    expect(outOfOrder).toBe(0)
    expect(resends).toBeGreaterThan(0)
    // JSON has no Infinity: a null is an alarm without a message.
    expect(rows.flatMap(({ alarmDelays }) => alarmDelays ?? []).filter((ms) => !(ms < IN_TIME))).toEqual([])
  },
)
