import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { PAGES } from '../../hub/console/pages.ts'
import type { PageEntry } from '../../hub/console/pages.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { Rule } from '../../hub/rules/rule.ts'
import { exampleAlert, exampleHome, exampleNotification } from '../http/memory-office.ts'
import { exampleCertificate, exampleVisit } from '../http/memory-register.ts'
import type { MemoryOffice } from '../http/memory-office.ts'

// It reads the address when it is loaded; the list needs only its name.
vi.mock('../../hub/console/board/board.tsx', () => ({ Board: () => null }))

/** An address of each page, and what is on it for everybody who sees it. Who adds a page adds it here. */
const EXAMPLES: Readonly<Record<string, Omit<ExamplePage, 'entry'>>> = {
  '/': { address: '/', shows: 'Possible fall', forInstaller: { address: '/', shows: 'Battery low' } },
  '/homes': { address: '/homes', shows: 'Storgata 5' },
  '/homes/:id': { address: '/homes/h1', shows: 'The last 24 hours' },
  '/alerts/:id': {
    address: '/alerts/a1',
    shows: 'What to do',
    forInstaller: { address: '/alerts/a4', shows: 'What to do' },
  },
  '/homes/:id/certificates/:certificate': {
    address: '/homes/h1/certificates/c-1',
    shows: 'Finished though something was missing',
  },
  '/visit': { address: '/visit', shows: 'Storgata 5' },
  '/visit/:home': { address: '/visit/h1?step=prove', shows: '1 of 1 sensors proven' },
  '/shift': { address: '/shift', shows: 'Silent or unprotected' },
  '/rules': { address: '/rules', shows: 'How the rules changed' },
  '/rules/rule/:rule': { address: '/rules/rule/fall', shows: 'In the last 30 days' },
  '/rules/try': { address: '/rules/try', shows: 'Tried lately' },
  '/system': { address: '/system', shows: 'Graphs are' },
  '/people': { address: '/people', shows: 'may sign in.' },
  '/people/programs': { address: '/people/programs', shows: 'No program may use the hub.' },
  '/people/log': { address: '/people/log', shows: 'unbroken' },
  '/phone': { address: '/phone', shows: 'VARSEL: Mulig fall' },
}

export interface ExamplePage {
  readonly entry: PageEntry
  readonly address: string
  readonly shows: string
  /** Who sees only what is wrong with equipment. */
  readonly forInstaller?: { readonly address: string; readonly shows: string }
}

/** Every page of the console, as it declares them. */
export const EXAMPLE_PAGES: readonly ExamplePage[] = PAGES.map((entry) => {
  const example = EXAMPLES[entry.path]
  if (!example) throw new Error(`Cannot test the page ${entry.path}: it has no line in EXAMPLES`)
  return { entry, ...example }
})

/** Something for every page: a home in Alta with an alarm, and one in Vardø that is not heard. */
export function prepareExamples(office: MemoryOffice): void {
  const now = Date.now()
  const at = { raisedAt: now, openedAt: now, lastAt: now }
  const [home, personal] = exampleHome('h1', 'Storgata 5')
  office.addHome({ ...home, area: 'Alta' }, personal)
  const [other, otherPersonal] = exampleHome('h2', 'Lia 2')
  office.addHome({ ...other, area: 'Vardø' }, otherPersonal)
  office.setReachable('h2', false)
  office.putVisit(exampleVisit('h1', now))
  office.putCertificate(exampleCertificate('h1', now))
  const at1 = { sensor: 'fall-1', at: now - 3_600_000 }
  office.pastReadings.push(
    { ...at1, kind: 'motion', value: true },
    { ...at1, kind: 'spo2', value: 91 },
    { ...at1, at: now - 60_000, kind: 'spo2', value: 96 },
    { ...at1, at: now - 60_000, kind: 'fall', value: 'detected' },
  )
  office.put({
    alerts: [
      exampleAlert({ ...at, nextStepAt: now + 120_000 }),
      exampleAlert({
        ...at,
        id: 'a2',
        severity: 'medium',
        handling: 'acknowledged',
        handledBy: 'operator:siv',
      }),
      exampleAlert({ ...at, id: 'a3', severity: 'low', home: 'h2' }),
      exampleAlert({
        ...at,
        id: 'a4',
        category: 'technical',
        severity: 'low',
        title: { en: 'Battery low' },
        handling: 'acknowledged',
        handledBy: 'operator:siv',
      }),
    ],
    notifications: [exampleNotification({ queuedAt: now })],
  })
  office.systemFacts = {
    ...office.systemFacts,
    history: {
      where: 'InfluxDB 1.x at http://influxdb:8086, database "aal"',
      seq: 9000,
      waiting: 812,
      since: now - 240_000,
      error: 'ECONNREFUSED',
      refused: 0,
    },
    channels: [{ channel: 'kannel', kind: 'sms', ok: false, error: 'no answer in time' }],
  }
  office.rulesInForce = shippedRules('falls.yaml')
}

/** Rules as they come with the hub. */
export function shippedRules(...names: string[]): Rule[] {
  const texts = names.map((name) => ({
    name,
    text: readFileSync(join(import.meta.dirname, '../../rules', name), 'utf8'),
  }))
  const parsed = parseRules(texts)
  if (!parsed.ok) throw new Error('The shipped rules have errors')
  return [...parsed.value.rules.values()]
}
