import { parseArgs } from 'node:util'
import { formatTable } from '../../hub/cli/print.ts'
import type { Figure } from './figures.ts'
import { benchHistory } from './history.ts'
import { benchMemory } from './memory.ts'
import { benchAlarmLatency, benchPipeline } from './pipeline.ts'
import { benchRules } from './rules.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
})
const quick = values.quick === true

const PARTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  pipeline: () => benchPipeline(quick),
  alarm: () => benchAlarmLatency(quick),
  rules: () => benchRules(quick),
  memory: () => benchMemory(quick),
  history: () => benchHistory(quick ? 50_000 : 200_000),
}

const figures: Figure[] = []
for (const [name, measure] of Object.entries(PARTS)) {
  if (values.only !== undefined && values.only !== name) continue
  process.stderr.write(`measuring ${name} …\n`)
  figures.push(...(await measure()))
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
