import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatTable } from '../../hub/cli/print.ts'
import { PARTS } from './parts.ts'
import type { Part } from './parts.ts'
import type { Figure } from './figures.ts'
import { beginPart } from './progress.ts'
import {
  insertTable,
  markdownTable,
  sayMachine,
  showAim,
  showNote,
  showValue,
  thisMachine,
} from './report.ts'

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))

const HELP = `npm run bench -- [--quick] [--only PART[,PART]] [--json] [--write]

Measures on this machine; the note of a figure says what it is of. Stop other work first: rates fall with it, ratios
(both sides by turns) less so. What each part promises is checked beside it: a run fails when something was lost.

${Object.entries(PARTS)
  .map(([name, { measures }]) => `  ${name.padEnd(12)}${measures}`)
  .join('\n')}

  --quick     shorter runs, less exact
  --only PART one of the above, or several with commas
  --json      one object, on stdout
  --write     puts the figures into the tables of docs/performance.md
`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const wanted = values.only?.split(',') ?? Object.keys(PARTS)
const unknown = wanted.find((name) => !PARTS[name])
if (unknown !== undefined) {
  process.stderr.write(`Cannot measure "${unknown}", expected one of ${Object.keys(PARTS).join(', ')}\n`)
  process.exit(2)
}
const quick = values.quick === true
const parts = wanted.map((name) => [name, PARTS[name] as Part] as const)
const machine = thisMachine(Date.now())
process.stderr.write(`${sayMachine(machine)}\n`)

const figures: Figure[] = []
const failures: string[] = []
for (const [index, [name, part]] of parts.entries()) {
  const left = parts.slice(index).reduce((sum, [, { takes }]) => sum + takes[quick ? 0 : 1], 0)
  beginPart(name, `${part.measures}; about ${Math.ceil(left / 60)} min left`)
  try {
    const measured = await part.run(quick)
    figures.push(...measured)
    if (values.write && measured.length > 0) {
      // At once: a later part may fail.
      writeFileSync(
        PAGE,
        insertTable(readFileSync(PAGE, 'utf8'), name, markdownTable(measured, machine, quick)),
      )
    }
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.stderr.write(`${failures.at(-1)}\n`)
  }
}

if (values.json) {
  process.stdout.write(`${JSON.stringify({ machine, quick, figures, failures })}\n`)
} else {
  const rows = figures.map((figure) => [
    figure.name,
    showValue(figure.value),
    figure.unit,
    showAim(figure),
    showNote(figure),
  ])
  process.stdout.write(`${formatTable(['FIGURE', 'VALUE', 'UNIT', 'AIM', 'NOTE'], rows)}\n`)
}
for (const failure of failures) process.stderr.write(`Not measured: ${failure}\n`)
// Servers that a failed part left are ended with the process.
process.exit(failures.length > 0 ? 1 : 0)
