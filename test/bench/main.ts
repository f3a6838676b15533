import { parseArgs } from 'node:util'
import { formatTable } from '../../hub/cli/print.ts'
import { benchConsole } from './console.ts'
import type { Figure } from './figures.ts'
import { benchHistory } from './history.ts'
import { benchHomes } from './homes.ts'
import { benchMemory } from './memory.ts'
import { benchOverview } from './overview.ts'
import { benchPipeline } from './pipeline.ts'
import { benchAlarm } from './alarm.ts'
import { benchRules } from './rules.ts'
import { benchSamples } from './samples.ts'

interface Part {
  readonly measures: string
  readonly run: (quick: boolean) => Promise<readonly Figure[]>
}

const PARTS: Readonly<Record<string, Part>> = {
  pipeline: {
    measures: 'QoS 1 readings acknowledged a second by the whole hub, beside aedes and mosquitto',
    run: benchPipeline,
  },
  alarm: {
    measures: 'from the publish of a fall to the call at the SMS gateway, beside 1,000 readings/s',
    run: benchAlarm,
  },
  rules: {
    measures: 'shipped rules: evaluation alone, "aal rules replay", and what timers cost',
    run: benchRules,
  },
  overview: {
    measures: '30 days of a home on a page, and what a gateway notices of somebody looking at them',
    run: benchOverview,
  },
  console: {
    measures: 'the board in Chromium: first paint, first alert, from the hub to the screen at 50 alerts/min',
    run: benchConsole,
  },
  homes: {
    measures: 'the page of 20,000 homes in Chromium until its first row, and the lists behind it',
    run: benchHomes,
  },
  memory: { measures: 'memory of a home after a day', run: benchMemory },
  history: {
    measures: 'points written to InfluxDB a second, beside posting the same lines',
    run: (quick) => benchHistory(quick ? 25_000 : 200_000, quick ? 9 : 5),
  },
  samples: {
    measures: 'what samples of 1,000 and 20,000 homes cost on the thread that answers MQTT',
    run: benchSamples,
  },
}

const HELP = `npm run bench -- [--quick] [--only PART] [--json]

Measures on this machine; the note of a figure says what it is of. Stop other work first: rates fall with it, ratios
(both sides by turns) less so.

${Object.entries(PARTS)
  .map(([name, { measures }]) => `  ${name.padEnd(10)}${measures}`)
  .join('\n')}

  --quick     shorter runs, less exact
  --only PART one of the above
  --json      one object, on stdout
`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
if (values.only !== undefined && !PARTS[values.only]) {
  process.stderr.write(`Cannot measure "${values.only}", expected one of ${Object.keys(PARTS).join(', ')}\n`)
  process.exit(2)
}

const figures: Figure[] = []
for (const [name, { run }] of Object.entries(PARTS)) {
  if (values.only !== undefined && values.only !== name) continue
  process.stderr.write(`measuring ${name} …\n`)
  figures.push(...(await run(values.quick === true)))
}
if (values.json) {
  process.stdout.write(`${JSON.stringify({ figures })}\n`)
} else {
  const rows = figures.map(({ name, value, unit, note, sides }) => [
    name,
    value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2),
    unit,
    sides ? `${sides.map((side) => Math.round(side).toLocaleString('en')).join(' / ')}` : (note ?? ''),
  ])
  process.stdout.write(`${formatTable(['FIGURE', 'VALUE', 'UNIT', 'NOTE'], rows)}\n`)
}
