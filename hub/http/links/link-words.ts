/** A language that the pages behind links are written in. */
export type PageLanguage = 'nb' | 'nn' | 'en'

/** Where the alert is: by the reader's own word for the resident, by the id of the home, or neither. */
export interface Place {
  readonly alias?: string
  readonly home?: string
}

/** Who has the alert, as the reader knows them. */
export type Taker = { readonly name: string } | 'centre' | 'someone'

export interface LinkWords {
  readonly pageTitle: string
  readonly test: string
  /** Of an alert about somebody's health, for whoever is not to know more. */
  readonly healthAlert: string
  readonly heading: (title: string, place: Place) => string
  readonly when: (time: string, minutesAgo: number) => string
  readonly learned: (time: string) => string
  readonly nobodyYet: string
  readonly take: string
  readonly cannot: string
  readonly cannotAfterAll: string
  readonly canAfterAll: string
  readonly youHaveIt: string
  readonly youHaveItSince: (time: string) => string
  readonly whatNow: string
  readonly noAdvice: string
  readonly declined: string
  readonly declinedNext: string
  readonly otherHasIt: (who: Taker, time: string) => string
  readonly nothingToDo: string
  readonly askedYou: string
  readonly over: (time: string) => string
  readonly asOf: (time: string) => string
  readonly lookAgain: string
  /** The number comes behind it. */
  readonly emergency: string
  // Where to go and how to get in.
  readonly way: string
  readonly address: string
  readonly keySafe: string
  readonly access: string
  readonly wayHidden: string
  readonly noPhone: string
  readonly sendCode: string
  readonly codeSent: string
  readonly codeLabel: string
  readonly show: string
  readonly newCode: string
  readonly codeWrong: string
  readonly codeNone: string
  readonly codeWait: string
  readonly onTheWay: string
  readonly arrived: string
  readonly youAreOnTheWay: (time: string) => string
  readonly youArrived: (time: string) => string
  // What cannot be shown.
  readonly unknown: { readonly heading: string; readonly text: string }
  readonly expired: { readonly heading: string; readonly text: string }
  /** Of the page that shows how a home is: it ended, or may not be shown any more. */
  readonly closed: { readonly heading: string; readonly text: string }
  readonly wayOver: { readonly heading: string; readonly text: string }
  readonly tooMany: { readonly heading: string; readonly text: string }
  readonly failed: { readonly heading: string; readonly text: string }
}

const nb: LinkWords = {
  pageTitle: 'Varsel',
  test: 'TEST under vedlikehold',
  healthAlert: 'Helsevarsel',
  heading: (title, { alias, home }) =>
    alias === undefined && home !== undefined
      ? `${title} i hjem ${home}`
      : `${title} hos ${alias ?? 'den du er kontakt for'}`,
  when: (time, minutes) =>
    `${klokken(time)}${minutes < 60 ? ` · ${minutes < 1 ? 'nå nettopp' : `for ${minutes} min siden`}` : ''}`,
  learned: (time) => `Meldt ${klokken(time)}`,
  nobodyYet: 'Ingen har tatt det ennå.',
  take: 'Jeg tar det',
  cannot: 'Jeg kan ikke',
  cannotAfterAll: 'Jeg kan ikke likevel',
  canAfterAll: 'Jeg kan likevel: jeg tar det',
  youHaveIt: 'Du tar det',
  youHaveItSince: (time) => `Siden ${klokken(time)}. De andre som er varslet, får vite det.`,
  whatNow: 'Gjør dette nå',
  noAdvice: 'Ring eller dra dit.',
  declined: 'Takk, vi spør andre',
  declinedNext: 'Du trenger ikke gjøre noe mer.',
  otherHasIt: (who, time) =>
    `${typeof who === 'object' ? who.name : { centre: 'Vaktsentralen', someone: 'En annen' }[who]} tar seg av det (${time})`,
  nothingToDo: 'Du trenger ikke gjøre noe.',
  askedYou: 'Du er bedt om å overta.',
  over: (time) => `Varselet er avsluttet (${time})`,
  asOf: (time) => `Slik var det ${klokken(time)}.`,
  lookAgain: 'Se på nytt',
  emergency: 'Er det fare for liv: ring',
  way: 'Adresse og nøkkel',
  address: 'Adresse',
  keySafe: 'Nøkkelboks',
  access: 'Godt å vite',
  wayHidden: 'Vises når du har bekreftet hvem du er. Vi sender en kode på SMS til nummeret vi har for deg.',
  noPhone: 'Vi har ikke noe telefonnummer for deg. Ring vaktsentralen.',
  sendCode: 'Send meg en kode',
  codeSent: 'Koden er på vei. Den gjelder i 5 minutter.',
  codeLabel: 'Kode fra SMS (6 sifre)',
  show: 'Vis adresse og nøkkel',
  newCode: 'Send ny kode',
  codeWrong: 'Det var ikke koden. Prøv igjen.',
  codeNone: 'Koden gjelder ikke lenger. Be om en ny.',
  codeWait: 'Vent litt før du ber om en ny kode. Den siste kan fortsatt gjelde.',
  onTheWay: 'Jeg er på vei',
  arrived: 'Jeg er framme',
  youAreOnTheWay: (time) => `På vei siden ${klokken(time)}.`,
  youArrived: (time) => `Framme siden ${klokken(time)}.`,
  unknown: {
    heading: 'Lenken virker ikke',
    text: 'Den er kanskje ikke hel. Åpne den en gang til fra meldingen du fikk, eller ring vaktsentralen.',
  },
  expired: {
    heading: 'Lenken er for gammel',
    text: 'Se etter en nyere melding fra oss. Er du usikker på hvordan det går: ring dit, eller ring vaktsentralen.',
  },
  closed: {
    heading: 'Siden vises ikke lenger',
    text: 'Lenken er utløpt, eller du får ikke lenger se hvordan det går. Svar STATUS på en melding fra oss for å få en ny, eller ring vaktsentralen.',
  },
  wayOver: {
    heading: 'Varselet er avsluttet',
    text: 'Adresse og nøkkel vises ikke lenger. Trenger du dem likevel, ring vaktsentralen.',
  },
  tooMany: { heading: 'Vent litt', text: 'Det ble for mange forsøk. Prøv igjen om et minutt.' },
  failed: {
    heading: 'Det gikk ikke',
    text: 'Svaret ditt er ikke tatt imot. Prøv igjen, svar på meldingen, eller ring vaktsentralen.',
  },
}

const nn: LinkWords = {
  pageTitle: 'Varsel',
  test: 'TEST under vedlikehald',
  healthAlert: 'Helsevarsel',
  heading: (title, { alias, home }) =>
    alias === undefined && home !== undefined
      ? `${title} i heim ${home}`
      : `${title} hos ${alias ?? 'den du er kontakt for'}`,
  when: (time, minutes) =>
    `${klokken(time)}${minutes < 60 ? ` · ${minutes < 1 ? 'no nettopp' : `for ${minutes} min sidan`}` : ''}`,
  learned: (time) => `Meldt ${klokken(time)}`,
  nobodyYet: 'Ingen har teke det enno.',
  take: 'Eg tek det',
  cannot: 'Eg kan ikkje',
  cannotAfterAll: 'Eg kan ikkje likevel',
  canAfterAll: 'Eg kan likevel: eg tek det',
  youHaveIt: 'Du tek det',
  youHaveItSince: (time) => `Sidan ${klokken(time)}. Dei andre som er varsla, får vite det.`,
  whatNow: 'Gjer dette no',
  noAdvice: 'Ring eller dra dit.',
  declined: 'Takk, vi spør andre',
  declinedNext: 'Du treng ikkje gjere noko meir.',
  otherHasIt: (who, time) =>
    `${typeof who === 'object' ? who.name : { centre: 'Vaktsentralen', someone: 'Ein annan' }[who]} tek seg av det (${time})`,
  nothingToDo: 'Du treng ikkje gjere noko.',
  askedYou: 'Du er beden om å ta over.',
  over: (time) => `Varselet er avslutta (${time})`,
  asOf: (time) => `Slik var det ${klokken(time)}.`,
  lookAgain: 'Sjå på nytt',
  emergency: 'Er det fare for liv: ring',
  way: 'Adresse og nøkkel',
  address: 'Adresse',
  keySafe: 'Nøkkelboks',
  access: 'Godt å vite',
  wayHidden:
    'Blir vist når du har stadfesta kven du er. Vi sender ein kode på SMS til nummeret vi har for deg.',
  noPhone: 'Vi har ikkje noko telefonnummer for deg. Ring vaktsentralen.',
  sendCode: 'Send meg ein kode',
  codeSent: 'Koden er på veg. Han gjeld i 5 minutt.',
  codeLabel: 'Kode frå SMS (6 siffer)',
  show: 'Vis adresse og nøkkel',
  newCode: 'Send ny kode',
  codeWrong: 'Det var ikkje koden. Prøv igjen.',
  codeNone: 'Koden gjeld ikkje lenger. Be om ein ny.',
  codeWait: 'Vent litt før du ber om ein ny kode. Den siste kan framleis gjelde.',
  onTheWay: 'Eg er på veg',
  arrived: 'Eg er framme',
  youAreOnTheWay: (time) => `På veg sidan ${klokken(time)}.`,
  youArrived: (time) => `Framme sidan ${klokken(time)}.`,
  unknown: {
    heading: 'Lenkja verkar ikkje',
    text: 'Ho er kanskje ikkje heil. Opne ho ein gong til frå meldinga du fekk, eller ring vaktsentralen.',
  },
  expired: {
    heading: 'Lenkja er for gammal',
    text: 'Sjå etter ei nyare melding frå oss. Er du usikker på korleis det går: ring dit, eller ring vaktsentralen.',
  },
  closed: {
    heading: 'Sida blir ikkje vist lenger',
    text: 'Lenkja er gått ut, eller du får ikkje lenger sjå korleis det går. Svar STATUS på ei melding frå oss for å få ei ny, eller ring vaktsentralen.',
  },
  wayOver: {
    heading: 'Varselet er avslutta',
    text: 'Adresse og nøkkel blir ikkje viste lenger. Treng du dei likevel, ring vaktsentralen.',
  },
  tooMany: { heading: 'Vent litt', text: 'Det vart for mange forsøk. Prøv igjen om eit minutt.' },
  failed: {
    heading: 'Det gjekk ikkje',
    text: 'Svaret ditt er ikkje teke imot. Prøv igjen, svar på meldinga, eller ring vaktsentralen.',
  },
}

const en: LinkWords = {
  pageTitle: 'Alert',
  test: 'TEST in maintenance',
  healthAlert: 'Health alert',
  heading: (title, { alias, home }) => {
    if (alias !== undefined) return `${title} at ${alias}’s`
    return home === undefined ? `${title} in the home you look after` : `${title} in home ${home}`
  },
  when: (time, minutes) =>
    `${time}${minutes < 60 ? ` · ${minutes < 1 ? 'just now' : `${minutes} min ago`}` : ''}`,
  learned: (time) => `Told ${time}`,
  nobodyYet: 'Nobody has taken it yet.',
  take: 'I’ll take it',
  cannot: 'I cannot',
  cannotAfterAll: 'I cannot after all',
  canAfterAll: 'I can after all: I’ll take it',
  youHaveIt: 'You have it',
  youHaveItSince: (time) => `Since ${time}. The others who were told will know.`,
  whatNow: 'Do this now',
  noAdvice: 'Call or go there.',
  declined: 'Thank you, we are asking others',
  declinedNext: 'You need not do anything more.',
  otherHasIt: (who, time) =>
    `${typeof who === 'object' ? who.name : { centre: 'The care centre', someone: 'Someone else' }[who]} is taking care of it (${time})`,
  nothingToDo: 'You need not do anything.',
  askedYou: 'You have been asked to take over.',
  over: (time) => `The alert is over (${time})`,
  asOf: (time) => `This is how it was at ${time}.`,
  lookAgain: 'Look again',
  emergency: 'Danger to life: call',
  way: 'Address and key',
  address: 'Address',
  keySafe: 'Key safe',
  access: 'Good to know',
  wayHidden: 'Shown when you have proved who you are. We send a code by SMS to the number we have for you.',
  noPhone: 'We have no phone number for you. Call the care centre.',
  sendCode: 'Send me a code',
  codeSent: 'The code is on its way. It is valid for 5 minutes.',
  codeLabel: 'Code from the SMS (6 digits)',
  show: 'Show address and key',
  newCode: 'Send a new code',
  codeWrong: 'That was not the code. Try again.',
  codeNone: 'The code is no longer valid. Ask for a new one.',
  codeWait: 'Wait a little before you ask for a new code. The last one may still be valid.',
  onTheWay: 'I am on my way',
  arrived: 'I am there',
  youAreOnTheWay: (time) => `On the way since ${time}.`,
  youArrived: (time) => `There since ${time}.`,
  unknown: {
    heading: 'This link does not work',
    text: 'It may not be complete. Open it once more from the message you got, or call the care centre.',
  },
  expired: {
    heading: 'This link is too old',
    text: 'Look for a newer message from us. If you are not sure how things are: call there, or call the care centre.',
  },
  closed: {
    heading: 'This page is not shown any more',
    text: 'The link has run out, or you may not see how things are any more. Answer STATUS to a message from us to get a new one, or call the care centre.',
  },
  wayOver: {
    heading: 'The alert is over',
    text: 'Address and key are not shown any more. If you need them all the same, call the care centre.',
  },
  tooMany: { heading: 'Wait a little', text: 'There were too many attempts. Try again in a minute.' },
  failed: {
    heading: 'That did not work',
    text: 'Your answer was not taken. Try again, reply to the message, or call the care centre.',
  },
}

export const LINK_WORDS: Readonly<Record<PageLanguage, LinkWords>> = { nb, nn, en }

/** @param wanted of a contact or the staff; Sámi falls back to Norwegian as in messages */
export function pageLanguage(wanted: string): PageLanguage {
  const tag = wanted.toLowerCase().split(/[-_]/, 1)[0]
  if (tag === 'nn') return 'nn'
  return tag === 'nb' || tag === 'no' || tag === 'se' ? 'nb' : 'en'
}

/** For whoever is not known: what their browser asks for, else Norwegian. */
export function acceptedLanguage(header: string | undefined): PageLanguage {
  const first = header?.split(/[,;]/, 1)[0]?.trim()
  return first === undefined || first === '' || first === '*' ? 'nb' : pageLanguage(first)
}

/** `kl. 03:12`, but `21.11. 23:50`. */
function klokken(time: string): string {
  return time.includes(' ') ? time : `kl. ${time}`
}
