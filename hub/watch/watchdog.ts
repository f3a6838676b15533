import type { Sight } from './ask-heartbeat.ts'
import { look, NOTHING_SEEN } from './verdict.ts'
import type { Believed, Patience, Verdict } from './verdict.ts'
import type { StateFile, WatchdogState } from './watchdog-state.ts'
import type { News } from './watchdog-words.ts'

/** What came of one text to one person. `retry: false`: it will never go this way. */
export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly retry: boolean; readonly error: string }

export interface WatchdogOptions {
  /** As people configured it: whose state it is. */
  readonly hub: string
  /** Never throws. */
  readonly ask: () => Promise<Sight>
  /** Never throws. `id` is the same for a repetition of the same text. */
  readonly tell: (person: string, news: News, id: string) => Promise<Sent>
  /** Who is to be told now, by their names in the configuration. */
  readonly onDuty: (now: number) => readonly string[]
  readonly state: StateFile
  readonly patience: Pick<Patience, 'late' | 'back'>
  /** Ms between two looks, and between two texts to one person about the same trouble. */
  readonly every: number
  readonly repeat: number
  readonly now: () => number
  readonly later: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

export interface Watchdog {
  start(): void
  /** Waits for a text that is under way. */
  stop(): Promise<void>
  /** Does it look, and would it tell? For whoever watches the watchdog. */
  health(now: number): { readonly well: boolean; readonly reason: string }
}

/**
 * Looks at a hub again and again, and tells people when it is in trouble: at once, again while it lasts, and once when
 * it is over. A text that could not be sent is tried again at each look. What it told is on disk before it goes on: a
 * restart may tell one person twice, and never nobody.
 */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { hub, ask, tell, onDuty, every, repeat, now, later, log } = options
  const patience: Patience = { ...options.patience, gap: 4 * every }
  let verdict: Verdict = NOTHING_SEEN
  let state: WatchdogState = { hub, told: {}, owed: {} }
  let callOff: (() => void) | undefined
  let running = false
  let telling: Promise<void> | undefined
  let lookedAt: number | undefined
  const failing = new Set<string>()

  async function round(): Promise<void> {
    const sight = await ask()
    if (!running) return
    take(sight, now())
    telling ??= tellAll()
      .catch((cause: unknown) =>
        log.error({ err: cause }, 'Cannot tell people: trying again at the next look'),
      )
      .finally(() => (telling = undefined))
    callOff = later(() => void round(), every)
  }

  function take(sight: Sight, at: number): void {
    lookedAt = at
    if (!sight.ok && verdict.bad === 0)
      log.warn({ what: sight.what, reason: sight.reason }, 'The hub may be in trouble')
    if (sight.ok && verdict.bad > 0 && !verdict.trouble) log.info({}, 'The hub is well after all')
    const next = look(verdict, sight, at, patience)
    verdict = next.verdict
    if (next.change.to === 'trouble') {
      const { trouble } = next.change
      const since = new Date(trouble.since).toISOString()
      log.error(
        { what: trouble.what, since, ...(!sight.ok && { reason: sight.reason }) },
        'The hub is in trouble: telling people',
      )
      // What was not said yet of the one before would only confuse now.
      save({ ...state, trouble, owed: {} })
    } else if (next.change.to === 'well') over(next.change.was, at)
  }

  function over(was: Believed, until: number): void {
    log.info(
      { what: was.what, since: new Date(was.since).toISOString() },
      'The hub is well again: telling people',
    )
    const { trouble: _, ...rest } = state
    const told = Object.keys(state.told)
    save({ ...rest, told: {}, owed: Object.fromEntries(told.map((person) => [person, { ...was, until }])) })
  }

  async function tellAll(): Promise<void> {
    await Promise.all([...dueNews(now())].map(({ person, news, id }) => tellOne(person, news, id)))
  }

  function* dueNews(at: number): Generator<{ person: string; news: News; id: string }> {
    for (const [person, { what, since, until, at: id }] of Object.entries(state.owed)) {
      yield { person, news: { to: 'back', what, since, until }, id: `${id}-back` }
    }
    const { trouble } = state
    // A good look may be the end of it: then nothing more is said that could be over.
    if (!trouble || verdict.good > 0) return
    for (const person of onDuty(at)) {
      const told = state.told[person]
      if (told?.trouble === trouble.at && at - told.at < repeat) continue
      const { what, since } = trouble
      const nth = told?.trouble === trouble.at ? told.at : 0
      yield { person, news: { to: 'trouble', what, since }, id: `${trouble.at}-${nth}` }
    }
  }

  async function tellOne(person: string, news: News, id: string): Promise<void> {
    const begun = state.trouble?.at
    const result = await tell(person, news, `${id}-${person}`)
    if (result.ok || !result.retry) keepTold(person, news, begun, result.ok)
    // Said when it is kept: whoever reads it may stop this process at once.
    report(person, news, result)
  }

  function keepTold(person: string, news: News, begun: number | undefined, isTold: boolean): void {
    if (news.to === 'back') {
      const { [person]: _, ...owed } = state.owed
      save({ ...state, owed })
    } else if (begun !== undefined) {
      if (state.trouble?.at === begun) {
        save({ ...state, told: { ...state.told, [person]: { trouble: begun, at: now() } } })
      } else if (!state.trouble && isTold && news.to === 'trouble') {
        // It was over while the text was on its way.
        const { what, since } = news
        save({ ...state, owed: { ...state.owed, [person]: { what, since, at: begun, until: now() } } })
      }
    }
  }

  function report(person: string, news: News, result: Sent): void {
    if (result.ok) {
      failing.delete(person)
      log.info({ person, news: news.to }, 'Told')
    } else if (!result.retry)
      log.error({ person, error: result.error }, 'Cannot tell this person: not tried again now')
    else if (!failing.has(person)) {
      failing.add(person)
      log.error({ person, error: result.error }, 'Cannot tell this person yet: trying again at each look')
    }
  }

  function save(next: WatchdogState): void {
    state = next
    try {
      options.state.save(next)
    } catch (cause) {
      // To tell people matters more than to know of it after a restart.
      log.error({ err: cause }, "Cannot keep the watchdog's state")
    }
  }

  return {
    start() {
      if (running) return
      running = true
      state = options.state.load(hub) ?? state
      const { trouble } = state
      if (trouble) {
        verdict = { ...NOTHING_SEEN, trouble }
        log.info(
          { what: trouble.what, since: new Date(trouble.since).toISOString() },
          'The hub was in trouble',
        )
      }
      void round()
    },
    async stop() {
      running = false
      callOff?.()
      await telling
    },
    health(at) {
      if (lookedAt === undefined || at - lookedAt > patience.gap) {
        return { well: false, reason: 'the watchdog has not looked at the hub' }
      }
      return failing.size > 0
        ? { well: false, reason: `the watchdog cannot tell ${failing.size} of its people` }
        : { well: true, reason: '' }
    },
  }
}
