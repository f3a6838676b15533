import type { Alert, Transition } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { RuleFile } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import type { Certificate } from '../model/visit.ts'
import { homeOfMode, homeOfSeen, homeOfVisit } from '../rules/state.ts'
import type { Row } from '../rules/state.ts'
import type { Commit } from './core.ts'
import type { Applied, Batch } from './store.ts'

/** What goes into the registry with an input, and not into the journal. */
export interface Personal {
  readonly home?: HomePersonal
  readonly staff?: readonly StaffPersonal[]
  readonly certificate?: Certificate
}

/** What the inputs since the last commit changed: written all at once. The newest of each thing counts. */
export interface Draft {
  readonly applied: Applied[]
  readonly transitions: Transition[]
  readonly rows: Map<string, Row | null>
  readonly alerts: Map<string, Alert>
  readonly notifications: Map<string, Notification>
  readonly homes: Map<string, Home>
  readonly personal: Map<string, HomePersonal>
  /** Homes that are in another state of service. */
  readonly services: Set<string>
  readonly certificates: Certificate[]
  rules?: readonly RuleFile[]
  staff?: readonly StaffFacts[]
  staffPersonal?: readonly StaffPersonal[]
}

export function newDraft(): Draft {
  return {
    applied: [],
    transitions: [],
    rows: new Map(),
    alerts: new Map(),
    notifications: new Map(),
    homes: new Map(),
    personal: new Map(),
    services: new Set(),
    certificates: [],
  }
}

/** @param seen what the inputs leave to tell repetitions from news */
export function batchOf(draft: Draft, seen: Pick<Batch, 'packets' | 'readings'>): Batch {
  const { applied, rows, certificates, rules, staff, staffPersonal } = draft
  return {
    applied,
    rows,
    alerts: [...draft.alerts.values()],
    notifications: [...draft.notifications.values()],
    homes: [...draft.homes.values()],
    personal: [...draft.personal.values()],
    ...seen,
    ...(certificates.length > 0 && { certificates }),
    ...(rules && { rules }),
    ...(staff && { staff }),
    ...(staffPersonal && { staffPersonal }),
  }
}

/** What followers are told of a batch that is on disk. */
export function commitOf(
  { applied, rows, alerts, notifications }: Batch,
  { transitions, services }: Draft,
): Commit {
  const [modesOf, seenOf, visitsOf] = [new Set(services), new Set<string>(), new Set<string>()]
  for (const key of rows.keys()) {
    addIfAny(modesOf, homeOfMode(key))
    addIfAny(seenOf, homeOfSeen(key))
    addIfAny(visitsOf, homeOfVisit(key))
  }
  return {
    entries: applied.map(({ entry }) => entry),
    modesOf: [...modesOf],
    seenOf: [...seenOf],
    visitsOf: [...visitsOf],
    transitions,
    alerts,
    notifications,
    events: applied.flatMap(({ events }) => events),
  }
}

function addIfAny(homes: Set<string>, home: string | undefined): void {
  if (home !== undefined) homes.add(home)
}
