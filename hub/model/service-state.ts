/** How far the service of a home is (docs/decisions/0021-service-states.md). */
export const SERVICE_STATES = ['planned', 'commissioning', 'active', 'paused', 'closed'] as const
export type ServiceState = (typeof SERVICE_STATES)[number]

/** As a home has it: not given is active. `until`: when a pause ends by itself, ms. */
export type ServiceFacts =
  | { readonly is: 'planned' | 'commissioning' | 'closed' }
  | { readonly is: 'paused'; readonly until: number }

/** What somebody wants it to be. */
export type ServiceWanted = ServiceFacts | { readonly is: 'active' }

/** Who said so last, and why in their own words: they may say something about a person. */
export interface ServiceNote {
  readonly at: number
  readonly by: string
  /** `cli`, `console`, `api`, `import`, or `timer` when a pause ended by itself. */
  readonly via: string
  readonly why?: string
}

export function serviceOf(home: { readonly state?: ServiceFacts }): ServiceState {
  return home.state?.is ?? 'active'
}

/** Whether a home is watched: it is neither planned nor closed. */
export function isServed(home: { readonly state?: ServiceFacts }): boolean {
  const state = serviceOf(home)
  return state !== 'planned' && state !== 'closed'
}

/** What each state may become. */
const NEXT: { readonly [from in ServiceState]: readonly ServiceState[] } = {
  planned: ['commissioning', 'active', 'closed'],
  commissioning: ['planned', 'active', 'closed'],
  active: ['commissioning', 'paused', 'closed'],
  // Paused again: with another end.
  paused: ['active', 'paused', 'commissioning', 'closed'],
  closed: ['planned', 'commissioning'],
}

/** Why not, where nothing but the two states says it. */
const WHY_NOT: { readonly [to in ServiceState]: string } = {
  planned: 'it has been in service. Pause it, or close it',
  commissioning: '',
  active: 'its gateways are refused. Set it to commissioning first, and see its sensors speak',
  paused: 'only what is active can be paused',
  closed: '',
}

const LONGEST_PAUSE = 366 * 24 * 3_600_000

/**
 * Why a home cannot be brought into a state; undefined when it can.
 * @param unresolved alerts of the home about a person, or that only a person can end
 */
export function whyNotService(
  home: { readonly state?: ServiceFacts },
  to: ServiceWanted,
  unresolved: number,
  now: number,
): string | undefined {
  const from = serviceOf(home)
  if (to.is === 'paused') {
    if (to.until <= now) return 'its end has passed'
    if (to.until - now > LONGEST_PAUSE) return 'a pause lasts a year at most. Close the home instead'
  }
  if (from !== to.is && !NEXT[from].includes(to.is)) return `the home is ${from}: ${WHY_NOT[to.is]}`
  if (to.is === 'closed' && unresolved > 0) {
    return `${unresolved === 1 ? '1 alert is' : `${unresolved} alerts are`} open. Resolve them first: nobody looks after a closed home`
  }
  return undefined
}
