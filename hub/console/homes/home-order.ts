import type { ProtectionState } from '../../model/protection.ts'
import type { BoardAlert, HomeLine } from '../api-types.ts'
import { byNeed, waitsForNobody } from '../board/order.ts'
import type { Severity } from '../../model/alert.ts'

export interface ListedHome extends HomeLine {
  readonly name: string
  /** What people search in, in small letters. */
  readonly text: string
  /** The open alert that needs somebody most, where the page knows it. */
  readonly alert?: BoardAlert
  /** How many open alerts need somebody. */
  readonly open: number
}

/** Homes that are not in service, each by its own: nobody expects them to be protected. */
export const OUT_OF_SERVICE = ['commissioning', 'planned', 'paused', 'closed'] as const
export const STATES = ['need', 'not', 'partly', 'held', ...OUT_OF_SERVICE] as const
export type State = (typeof STATES)[number]

export interface Wanted {
  readonly text: string
  /** Undefined: all; empty: those without an area. */
  readonly area: string | undefined
  readonly state: State | undefined
}

/** How many there are of each state. */
export type Counts = Readonly<Record<State | 'all', number>>

export type AreaCounts = Counts & {
  readonly area: string
  /** Of the alerts that need somebody there. */
  readonly worst?: Severity
}

/** The homes with what is open there, in the order of need. */
export function listHomes(homes: readonly HomeLine[], alerts: readonly BoardAlert[]): ListedHome[] {
  const byHome = Map.groupBy(
    alerts.filter((one) => one.home !== undefined && !one.test && !waitsForNobody(one)),
    (one) => one.home ?? '',
  )
  return homes
    .map((home): ListedHome => {
      const open = byHome.get(home.id)?.toSorted(byNeed) ?? []
      const name = home.label ?? home.id
      return {
        ...home,
        name,
        text: `${name} ${home.id} ${home.area ?? ''}`.toLowerCase(),
        ...(open[0] && { alert: open[0] }),
        // The stream begins with the newest alerts only: where it has none of a home, the list may know better.
        open: open.length > 0 ? open.length : (home.alerts ?? 0),
      }
    })
    .sort(byHomeNeed)
}

const names = new Intl.Collator('nb', { numeric: true })

const RANK: Readonly<Record<ProtectionState, number>> = {
  not: 0,
  partly: 1,
  protected: 2,
  commissioning: 3,
  planned: 4,
  paused: 5,
  closed: 6,
}

function byHomeNeed(a: ListedHome, b: ListedHome): number {
  if (a.alert && b.alert) return byNeed(a.alert, b.alert)
  return (
    Number(b.alert !== undefined) - Number(a.alert !== undefined) ||
    b.open - a.open ||
    RANK[a.protection] - RANK[b.protection] ||
    names.compare(a.name, b.name)
  )
}

export function isWanted(home: ListedHome, { text, area, state }: Wanted): boolean {
  if (area !== undefined && (home.area ?? '') !== area) return false
  if (state !== undefined && !isIn(home, state)) return false
  return text === '' || text.split(' ').every((word) => home.text.includes(word))
}

function isIn(home: ListedHome, state: State): boolean {
  switch (state) {
    case 'need':
      return home.open > 0
    case 'held':
      return home.holds !== undefined
    default:
      return home.protection === state
  }
}

export function countHomes(homes: readonly ListedHome[]): Counts {
  const counts = {
    all: homes.length,
    need: 0,
    not: 0,
    partly: 0,
    held: 0,
    commissioning: 0,
    planned: 0,
    paused: 0,
    closed: 0,
  }
  for (const home of homes) for (const state of STATES) if (isIn(home, state)) counts[state]++
  return counts
}

/** The areas in the order of need: what is open, then what is not protected, then by name. */
export function countAreas(homes: readonly ListedHome[]): AreaCounts[] {
  return [...Map.groupBy(homes, ({ area = '' }) => area)]
    .map(([area, own]) => {
      // In the order of need: the first has the worst.
      const worst = own[0]?.alert?.severity ?? own[0]?.worst
      return { area, ...countHomes(own), ...(worst && { worst }) }
    })
    .toSorted(
      (a, b) => rank(a) - rank(b) || b.need - a.need || b.not - a.not || names.compare(a.area, b.area),
    )
}

function rank({ worst }: AreaCounts): number {
  return worst === undefined ? 4 : ['high', 'medium', 'low', 'info'].indexOf(worst)
}
