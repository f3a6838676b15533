import { benchAlarm } from './alarm.ts'
import { benchConnections } from './connections.ts'
import { benchConsole } from './console.ts'
import type { Figure } from './figures.ts'
import { benchGrowth } from './growth.ts'
import { benchHistory } from './history.ts'
import { benchHomes } from './homes.ts'
import { benchMemory } from './memory.ts'
import { benchOverview } from './overview.ts'
import { benchPipeline } from './pipeline.ts'
import { benchProfile } from './profile.ts'
import { benchRestart } from './restart.ts'
import { benchRules } from './rules.ts'
import { benchSamples } from './samples.ts'

export interface Part {
  readonly measures: string
  /** About how long on a machine with two processors, s: quick, and in full. */
  readonly takes: readonly [quick: number, full: number]
  readonly run: (quick: boolean) => Promise<readonly Figure[]>
}

export const PARTS: Readonly<Record<string, Part>> = {
  pipeline: {
    measures: 'QoS 1 readings acknowledged a second by the whole hub, beside mosquitto and a Node-RED flow',
    takes: [75, 420],
    run: benchPipeline,
  },
  alarm: {
    measures: 'from the publish of a fall to the call at the SMS gateway, beside 1,000 and 5,000 readings/s',
    takes: [12, 120],
    run: benchAlarm,
  },
  connections: {
    measures: 'what a gateway costs that is connected and says nothing, over TCP and TLS',
    takes: [15, 45],
    run: benchConnections,
  },
  restart: {
    measures: 'from kill -9 under load, with 1,000,000 readings and 1,000 homes, to the first PUBACK',
    takes: [20, 120],
    run: benchRestart,
  },
  growth: {
    measures: 'the same readings over 100, 1,000 and 10,000 homes: processor time for each',
    takes: [25, 240],
    run: benchGrowth,
  },
  profile: {
    measures: 'where the time of the hub goes at full load',
    takes: [8, 20],
    run: benchProfile,
  },
  rules: {
    measures: 'shipped rules: evaluation alone, "aal rules replay", and what timers cost',
    takes: [25, 90],
    run: benchRules,
  },
  history: {
    measures: 'points written to InfluxDB a second, beside posting the same lines',
    takes: [30, 90],
    run: (quick) => benchHistory(quick ? 25_000 : 200_000, quick ? 9 : 5),
  },
  memory: { measures: 'memory of a home after a day', takes: [10, 60], run: benchMemory },
  overview: {
    measures: '30 days of a home on a page, and what a gateway notices of somebody looking at them',
    takes: [25, 60],
    run: benchOverview,
  },
  samples: {
    measures: 'what samples of 1,000 and 20,000 homes cost on the thread that answers MQTT',
    takes: [20, 40],
    run: benchSamples,
  },
  homes: {
    measures: 'the page of 20,000 homes in Chromium until its first row, and the lists behind it',
    takes: [15, 25],
    run: benchHomes,
  },
  console: {
    measures: 'the board in Chromium: first paint, first alert, from the hub to the screen at 50 alerts/min',
    takes: [35, 80],
    run: benchConsole,
  },
}
