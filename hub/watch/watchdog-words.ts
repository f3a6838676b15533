import type { Trouble } from './ask-heartbeat.ts'

export const WATCHDOG_LANGUAGES = ['nb', 'nn', 'en'] as const
export type WatchdogLanguage = (typeof WATCHDOG_LANGUAGES)[number]

/** What a text of the watchdog is about. Times in ms. */
export type News =
  | { readonly to: 'trouble'; readonly what: Trouble; readonly since: number }
  | { readonly to: 'back'; readonly what: Trouble; readonly since: number; readonly until: number }
  | { readonly to: 'test' }

interface Words {
  /** What stands before the name. */
  readonly hub: string
  trouble(hub: string, what: Trouble, since: string): string
  back(hub: string, what: Trouble, since: string, until: string): string
  test(hub: string): string
}

/** Short, in GSM-7: one part each, with a name of 30 characters. What it means comes first, then what to do. */
const WORDS: Readonly<Record<WatchdogLanguage, Words>> = {
  nb: {
    hub: 'AAL-huben',
    trouble(hub, what, since) {
      switch (what) {
        case 'silent':
          return `${hub} er taus siden ${since}. Alarmer kommer ikke fram. Sjekk strøm, nett og maskin.`
        case 'writes':
          return `${hub} tar ikke imot siden ${since}. Alarmer kommer ikke fram. Se loggen.`
        case 'timers':
          return `${hub} henger siden ${since}. Varsler kan utebli. Se loggen.`
        case 'messages':
          return `${hub} får ikke sendt meldinger siden ${since}. Følg med på tavla.`
      }
    },
    back: (hub, what, since, until) =>
      what === 'silent'
        ? `${hub} er tilbake ${until}. Den var taus fra ${since}. Se tavla.`
        : `${hub} er i orden igjen ${until}. Det var feil fra ${since}. Se tavla.`,
    test: (hub) => `Test: vakthunden til ${hub} når deg. Ingenting er galt.`,
  },
  nn: {
    hub: 'AAL-huben',
    trouble(hub, what, since) {
      switch (what) {
        case 'silent':
          return `${hub} er taus sidan ${since}. Alarmar kjem ikkje fram. Sjekk straum, nett og maskin.`
        case 'writes':
          return `${hub} tek ikkje imot sidan ${since}. Alarmar kjem ikkje fram. Sjå loggen.`
        case 'timers':
          return `${hub} heng sidan ${since}. Varsel kan utebli. Sjå loggen.`
        case 'messages':
          return `${hub} får ikkje sendt meldingar sidan ${since}. Følg med på tavla.`
      }
    },
    back: (hub, what, since, until) =>
      what === 'silent'
        ? `${hub} er tilbake ${until}. Han var taus frå ${since}. Sjå tavla.`
        : `${hub} er i orden att ${until}. Det var feil frå ${since}. Sjå tavla.`,
    test: (hub) => `Test: vakthunden til ${hub} når deg. Ingenting er gale.`,
  },
  en: {
    hub: 'The AAL hub',
    trouble(hub, what, since) {
      switch (what) {
        case 'silent':
          return `${hub} is silent since ${since}. No alarm comes through. Check power, network and machine.`
        case 'writes':
          return `${hub} takes nothing since ${since}. No alarm comes through. See its log.`
        case 'timers':
          return `${hub} hangs since ${since}. Alerts may fail to come. See its log.`
        case 'messages':
          return `${hub} cannot send messages since ${since}. Watch the board.`
      }
    },
    back: (hub, what, since, until) =>
      what === 'silent'
        ? `${hub} is back at ${until}. It was silent from ${since}. See the board.`
        : `${hub} is well again at ${until}. Trouble began ${since}. See the board.`,
    test: (hub) => `Test: the watchdog of ${hub} reaches you. Nothing is wrong.`,
  },
}

/** The words of a text. Times are by the clock of the zone, with the day when that could be another. */
export function watchdogText(
  news: News,
  {
    language,
    name,
    timezone,
    now,
  }: { language: WatchdogLanguage; name?: string; timezone?: string; now: number },
): string {
  const words = WORDS[language]
  const hub = name === undefined ? words.hub : `${words.hub} ${name}`
  const time = (at: number): string => clock(at, now, timezone)
  switch (news.to) {
    case 'trouble':
      return words.trouble(hub, news.what, time(news.since))
    case 'back':
      return words.back(hub, news.what, time(news.since), time(news.until))
    case 'test':
      return words.test(hub)
  }
}

const HALF_DAY = 12 * 3_600_000

function clock(at: number, now: number, timezone: string | undefined): string {
  const zone = timezone !== undefined && { timeZone: timezone }
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...zone }).format(at)
  if (now - at < HALF_DAY) return time
  const day = new Intl.DateTimeFormat('nb', { day: 'numeric', month: 'numeric', ...zone }).format(at)
  return `${day} ${time}`
}
