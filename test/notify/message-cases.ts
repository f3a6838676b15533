import { HUB_FINDINGS } from '../../hub/alerts/hub-findings.ts'
import type { Told } from '../../hub/alerts/digest.ts'
import type { Alert, Category, Cause, Text } from '../../hub/model/alert.ts'
import { CAUSES } from '../../hub/model/alert.ts'
import type { Day } from '../../hub/model/day.ts'
import type { Home, HomePersonal } from '../../hub/model/home.ts'
import type { AlertNotification, Letter, Template } from '../../hub/model/notification.ts'
import { renderLetter } from '../../hub/notify/render-letter.ts'
import { renderMessage } from '../../hub/notify/render-message.ts'
import type { MessageLink } from '../../hub/notify/render-message.ts'
import type { MessageLanguage } from '../../hub/notify/words/message-parts.ts'

export const MESSAGE_LANGUAGES: readonly MessageLanguage[] = ['nb', 'nn', 'se', 'en']

/** One message, as somebody may get it. */
export interface MessageCase {
  readonly says: string
  readonly to: 'family' | 'nurse' | 'installer' | 'staff'
  /** Whose titles fit; without it the message has none. */
  readonly category?: Category
  /** Has a link beside the codes: one part more. */
  readonly isLinked?: true
  render(language: MessageLanguage, size: Size, title?: Text): string
}

/** `usual`: an everyday name; `longest`: everything in it as long as it will be. */
export type Size = 'usual' | 'longest'

const FALL_AT = Date.parse('2026-11-22T02:12:30.000Z')
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** What the longest messages are measured with, beside the titles: an alias of twenty letters, a name of twelve. */
export const LONGEST = {
  alias: 'Bestemor Åse-Kristin',
  name: 'Anne-Kristin Olsen',
  home: 'kommune-05-hjem-0417',
}
const USUAL = { alias: { nb: 'Mor', nn: 'Mor', se: 'Eadni', en: 'Mum' }, name: 'Per Olsen', home: 'h-0001' }

/** As long as a link is: 128 bits. */
const LINK = 'https://aal.example.no/a/Zm9vYmFyYmF6cXV4MTIzNA'

/** For which the examples are written; the longest are measured with every shipped title. */
const TITLES: Readonly<Record<Category, Text>> = {
  safety: { en: 'Possible fall', nb: 'Mulig fall', nn: 'Mogleg fall', se: 'Vejolaš gahččan' },
  health: {
    en: 'Low oxygen reading',
    nb: 'Lav oksygenmåling',
    nn: 'Låg oksygenmåling',
    se: 'Unnán oksygena',
  },
  routine: {
    en: 'Unusually quiet day',
    nb: 'Uvanlig stille dag',
    nn: 'Uvanleg stille dag',
    se: 'Eahpedábálaš jaska beaivi',
  },
  technical: { en: 'Sensor is silent', nb: 'Sensor er taus', nn: 'Sensor er taus', se: 'Sensor ii vástit' },
}

interface Telling {
  readonly to?: MessageCase['to']
  readonly alert?: Partial<Alert>
  readonly notification?: Partial<AlertNotification>
  readonly home?: Partial<Home>
  /** Since when, for messages of the day after. */
  readonly now?: number
  readonly alias?: false
  readonly title?: Text
  /** It is about an area or the hub, and about no home. */
  readonly isHomeless?: true
  /** There is nobody else to tell. */
  readonly wait?: false
  readonly link?: Omit<MessageLink, 'url'>
}

function telling(says: string, template: Template, telling: Telling = {}): MessageCase {
  const { to = 'family', alert: change = {}, notification = {}, now, alias } = telling
  const category = change.category ?? 'safety'
  const isAsking = template === 'alert'
  return {
    says,
    to,
    ...(isAsking && { category }),
    ...(telling.link?.isOnlyWay === false && { isLinked: true }),
    render(language, size, title = telling.title ?? TITLES[category]) {
      const place = placeOf(language, size, to, alias !== false)
      // Late by hours, which the message says: nothing makes it longer.
      const late = size === 'longest' && isAsking && change.openedAt === undefined
      const lateness = late ? 88 * MINUTE : 200
      const { isHomeless = false } = telling
      const alert: Alert = {
        id: 'a1',
        ...(!isHomeless && { home: place.home.id }),
        rule: 'fall',
        scope: place.home.id,
        code: '4821',
        title,
        category,
        resolve: 'manual',
        severity: 'high',
        condition: 'active',
        handling: 'new',
        raisedAt: FALL_AT,
        openedAt: FALL_AT + lateness,
        lastAt: FALL_AT,
        count: 1,
        detail: {},
        step: 1,
        progress: { round: 0, told: ['contact:reader'], asked: ['contact:other'] },
        handledAt: FALL_AT + 2 * MINUTE,
        ...change,
      }
      const rendered = renderMessage({
        notification: {
          template,
          ...(to === 'staff' ? { staff: 'reader' } : { contact: 'reader' }),
          ...(isAsking && telling.wait !== false && { waitMinutes: size === 'longest' ? 10 : 2 }),
          ...notification,
        },
        alert,
        home: isHomeless ? undefined : { ...place.home, ...telling.home },
        personal: isHomeless ? undefined : place.personal,
        ...(isHomeless && { timezone: place.home.timezone }),
        ...(to === 'staff' && { staff: place.staff, colleague: () => place.colleague }),
        ...(telling.link && { link: { ...telling.link, url: LINK } }),
        now: now ?? FALL_AT + lateness + 3 * MINUTE,
      })
      if ('cannot' in rendered) throw new Error(rendered.cannot)
      return rendered.text
    },
  }
}

interface Place {
  readonly home: Home
  readonly personal: HomePersonal
  readonly staff: { id: string; language: string; name: string; phone: string }
  readonly colleague: string
}

function placeOf(language: MessageLanguage, size: Size, to: MessageCase['to'], hasAlias: boolean): Place {
  const isLong = size === 'longest'
  const role = to === 'family' || to === 'staff' ? {} : { role: to }
  const alias = isLong ? LONGEST.alias : USUAL.alias[language]
  const id = isLong ? LONGEST.home : USUAL.home
  const phone = '+4790000001'
  return {
    home: {
      id,
      timezone: 'Europe/Oslo',
      gateways: [],
      residents: [],
      sensors: [],
      contacts: [
        { id: 'reader', language, order: 1, ...role },
        { id: 'other', language, order: 2 },
      ],
    },
    personal: {
      id,
      residents: [],
      contacts: [
        { id: 'reader', name: 'Anne', phone, ...(hasAlias && to !== 'installer' && { alias }) },
        { id: 'other', name: isLong ? LONGEST.name : USUAL.name },
      ],
    },
    staff: { id: 'reader', language, name: 'Tor', phone },
    colleague: isLong ? LONGEST.name : 'Siv Hansen',
  }
}

const over = (cause: Cause): MessageCase =>
  telling(`It is over (${cause})`, 'taken', {
    alert: { handling: 'resolved', handledBy: 'operator:siv', handledAt: FALL_AT + 29 * MINUTE, cause },
  })

const taken = { handling: 'acknowledged' } as const

const AREA = {
  to: 'staff',
  title: {
    en: 'No contact with many homes at once',
    nb: 'Ingen kontakt med mange hjem samtidig',
    nn: 'Ingen kontakt med mange heimar samtidig',
    se: 'Ii oktavuohta máŋgga ruktui oktanaga',
  },
  isHomeless: true,
  alert: {
    category: 'technical',
    area: 'Alta',
    scope: 'area/Alta',
    detail: { homes: Array.from({ length: 8 }, (_, at) => ({ home: `h-${at}`, since: FALL_AT })) },
  },
} as const
const HUB = {
  to: 'staff',
  title: HUB_FINDINGS['hub-channel-down'].title,
  isHomeless: true,
  alert: {
    category: 'technical',
    scope: 'hub/kannel',
  },
} as const

/** Every message about an alert. The type checker names a template that has none. */
export const MESSAGE_CASES: Readonly<Record<Template, readonly MessageCase[]>> = {
  alert: [
    telling('First telling, safety', 'alert'),
    telling('First telling, health: the family and neighbours', 'alert', { alert: { category: 'health' } }),
    telling('First telling, health: the home says `messages: { health: title }`', 'alert', {
      alert: { category: 'health' },
      home: { messages: { health: 'title' } },
    }),
    telling('First telling, health: a nurse', 'alert', { to: 'nurse', alert: { category: 'health' } }),
    telling('First telling, routine', 'alert', { alert: { category: 'routine' } }),
    telling('First telling, technical', 'alert', { alert: { category: 'technical' } }),
    telling('First telling: the hub learned of it late', 'alert', {
      alert: { openedAt: FALL_AT + 88 * MINUTE },
      now: FALL_AT + 89 * MINUTE,
    }),
    telling('First telling: on another day', 'alert', { now: FALL_AT + DAY }),
    telling('First telling: there is nobody else to tell', 'alert', { wait: false }),
    telling('First telling: the contact has no own word for the resident', 'alert', { alias: false }),
    telling('First telling: the staff, who look after many homes', 'alert', { to: 'staff' }),
    telling('About many homes of an area: the staff', 'alert', { ...AREA, wait: false }),
    telling('About homes without an area: the staff', 'alert', {
      ...AREA,
      alert: { ...AREA.alert, area: '', scope: 'area/' },
      wait: false,
    }),
    telling('About the hub itself: the staff', 'alert', HUB),
    telling('About the hub itself, with a link to the board', 'alert', {
      ...HUB,
      link: { use: 'board', isOnlyWay: true },
      wait: false,
    }),
    telling('From a home in maintenance: the installer', 'alert', {
      to: 'installer',
      notification: { test: true },
    }),
    telling('From a home in maintenance, health: the installer', 'alert', {
      to: 'installer',
      alert: { category: 'health' },
      notification: { test: true },
    }),
    telling('With a link, too', 'alert', { link: { use: 'answer', isOnlyWay: false } }),
    telling('With a link, where a reply reaches nobody', 'alert', {
      link: { use: 'answer', isOnlyWay: true },
    }),
    telling('With a link that shows where to go, too', 'alert', {
      link: { use: 'details', isOnlyWay: false },
    }),
    telling('Told before, still unanswered', 'alert', { notification: { occasion: 'reminder' } }),
    telling('Told before, still unanswered, health', 'alert', {
      alert: { category: 'health' },
      notification: { occasion: 'reminder' },
    }),
    telling('It happened again after somebody had taken it', 'alert', {
      notification: { occasion: 'again' },
    }),
    telling('Whoever had taken it cannot come after all', 'alert', {
      notification: { occasion: 'reopened' },
    }),
    telling('The care centre hands it on', 'alert', {
      notification: { askedBy: 'operator:siv' },
      wait: false,
    }),
    telling('Another contact hands it on', 'alert', {
      notification: { askedBy: 'contact:other' },
      wait: false,
    }),
    telling('One of the staff hands it on to another', 'alert', {
      to: 'staff',
      notification: { askedBy: 'staff:siv' },
      wait: false,
    }),
  ],
  taken: [
    telling('Another contact takes it', 'taken', { alert: { ...taken, handledBy: 'contact:other' } }),
    telling('The care centre takes it', 'taken', { alert: { ...taken, handledBy: 'operator:siv' } }),
    telling('Somebody without a name takes it', 'taken', { alert: { ...taken, handledBy: 'contact:gone' } }),
    telling('One of the staff takes it: another one', 'taken', {
      to: 'staff',
      alert: { ...taken, handledBy: 'staff:siv' },
    }),
    telling('About an area: it is over', 'taken', {
      ...AREA,
      alert: { ...AREA.alert, handling: 'resolved', cause: 'cleared', handledAt: FALL_AT + 29 * MINUTE },
    }),
    telling('About the hub itself: one of the staff takes it', 'taken', {
      ...HUB,
      alert: { ...HUB.alert, ...taken, handledBy: 'staff:siv' },
    }),
    telling('Another contact takes it over', 'taken', {
      alert: { ...taken, handledBy: 'contact:other' },
      notification: { takenOver: true },
    }),
    telling('Nobody has it any more when the message goes out', 'taken'),
    ...[...CAUSES, 'cleared' as const].map(over),
  ],
  receipt: [
    telling('Thanks: you take it', 'receipt', { alert: { ...taken, handledBy: 'contact:reader' } }),
    telling('Thanks: somebody else takes it', 'receipt', { alert: { ...taken, handledBy: 'contact:other' } }),
    telling('Thanks, to an installer, from a home in maintenance', 'receipt', {
      to: 'installer',
      alert: { ...taken, handledBy: 'contact:reader' },
      notification: { test: true },
    }),
  ],
  declined: [
    telling('You cannot: others are told', 'declined'),
    telling('You cannot: nobody else is left for now', 'declined', {
      alert: { progress: { round: 0, told: [], asked: [] } },
    }),
    telling('You cannot: somebody else takes it', 'declined', {
      alert: { ...taken, handledBy: 'contact:other' },
    }),
  ],
  unclear: [telling('The answer was not understood', 'unclear')],
  untaken: [
    telling('For the third time not understood: the last that they hear of it', 'untaken'),
    telling('The same, about many technical alerts', 'untaken', {
      to: 'staff',
      alert: { category: 'technical' },
      notification: { digest: { id: 'd1', code: '4821', count: 12 } },
    }),
  ],
}

/** Eight in the morning in Oslo, 22 November 2026. */
const DAY_AT = Date.UTC(2026, 10, 22, 7)
const AN_HOUR = 3_600_000
const SEEN = {
  at: DAY_AT,
  from: DAY_AT - 12 * AN_HOUR,
  lifeAt: DAY_AT - 90 * 60_000,
  silent: false,
  care: 'none',
} as const
type Said<D> = D extends Day ? Omit<D, keyof typeof SEEN> : never
const DAYS: { readonly [Is in Day['is']]: Said<Extract<Day, { is: Is }>> } = {
  well: { is: 'well' },
  'had-alert': { is: 'had-alert', overAt: DAY_AT - 5 * AN_HOUR },
  partly: { is: 'partly', now: true },
  'not-seen': { is: 'not-seen' },
  unknown: { is: 'unknown', what: 'home', since: DAY_AT - 6 * AN_HOUR },
  open: { is: 'open', since: DAY_AT - AN_HOUR, by: 'contact:other' },
  away: { is: 'away' },
  maintenance: { is: 'maintenance' },
}

/** What each letter is about, for its example. */
const LETTERS: { readonly [Is in Letter['is']]: readonly Extract<Letter, { is: Is }>[] } = {
  trial: [{ is: 'trial' }],
  stopped: [
    { is: 'stopped', homes: 1 },
    { is: 'stopped', homes: 2 },
  ],
  started: [
    { is: 'started', homes: 1 },
    { is: 'started', homes: 2 },
  ],
  'cannot-stop': [{ is: 'cannot-stop' }],
  digest: [{ is: 'digest', code: '4821', alerts: ['a1'] }],
  'digest-declined': [
    { is: 'digest-declined', others: true },
    { is: 'digest-declined', others: false },
  ],
  'digest-taken': [
    { is: 'digest-taken', count: 12, who: 'you' },
    { is: 'digest-taken', count: 12, who: 'operator' },
    { is: 'digest-taken', count: 1, who: 'someone' },
    { is: 'digest-taken', count: 0, who: 'someone' },
  ],
  'sign-in-code': [{ is: 'sign-in-code', alert: 'a1' }],
  'all-well': Object.values(DAYS).map((day) => ({ is: 'all-well', day: { ...day, ...SEEN } })),
  'status-link': [{ is: 'status-link' }],
}

/** Of two kinds, with the longest titles that there are, and of a third. */
function manyAlerts(size: Size): Told[] {
  const isLong = size === 'longest'
  const [first, second] = isLong
    ? [HUB_FINDINGS['hub-hold-ends'].title, HUB_FINDINGS['hub-profile-missing'].title]
    : [TITLES.technical, TITLES.routine]
  const others = isLong ? 99 : 1
  return [
    ...Array<Text>(isLong ? 200 : 9).fill(first),
    ...Array<Text>(others + 1).fill(second),
    ...Array<Text>(others).fill(TITLES.safety),
  ].map((title) => ({ title, handling: 'new' }))
}

function nameOf(about: Letter): string {
  if (about.is === 'all-well') return `all-well, ${about.day.is}`
  return 'homes' in about && about.homes > 1 ? `${about.is}, for several homes` : about.is
}

const letter = (about: Letter): MessageCase => ({
  says: nameOf(about),
  to: 'family',
  render(language, size) {
    const { home, personal } = placeOf(language, size, 'family', true)
    const rendered = renderLetter({
      notification: { letter: about, home: home.id, contact: 'reader', channel: 'sms' },
      home,
      personal,
      signInCode: { code: '482913', minutes: 5 },
      ...(about.is === 'digest' && { alerts: manyAlerts(size) }),
      statusLink: { url: 'https://hub.example.org/s/4vDbPqZ0nTgKc1rWmX8y2A', until: DAY_AT + 7 * 86_400_000 },
      now: DAY_AT,
    })
    if ('cannot' in rendered) throw new Error(rendered.cannot)
    return rendered.text
  },
})

/** Every letter. */
export const LETTER_CASES: readonly MessageCase[] = Object.values(LETTERS).flat().map(letter)
