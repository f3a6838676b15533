import { readFileSync, writeFileSync } from 'node:fs'
import { BEGIN, declaredRoutes, END, routeTable } from './route-table.ts'

/** `npm run -s routes`: writes the table of docs/people.md anew. */
const file = new URL('../../docs/people.md', import.meta.url)
const text = readFileSync(file, 'utf8')
const table = routeTable(await declaredRoutes())
writeFileSync(
  file,
  `${text.slice(0, text.indexOf(BEGIN) + BEGIN.length)}\n\n${table}\n\n${text.slice(text.indexOf(END))}`,
)
