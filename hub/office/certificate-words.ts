import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import type { AlarmHow, AlarmLegName } from '../model/visit.ts'

/** The languages of a printed certificate. */
export type PrintLanguage = 'en' | 'nb'

const EN = {
  title: 'Installation certificate',
  allProven: 'Everything proven',
  forced: 'Finished although something was not proven',
  home: 'Home',
  area: 'Area',
  proven: 'Proven',
  by: 'By',
  started: 'Visit began',
  due: 'Next check due',
  gateways: 'Gateways',
  online: 'connected',
  offline: 'not connected',
  sensors: 'Sensors',
  noSensors: 'No sensor is registered.',
  sensor: 'Sensor',
  proof: 'Proof',
  answer: 'Reading',
  time: 'Time',
  battery: 'Battery',
  signal: 'Signal',
  qos: 'QoS',
  heard: 'Heard',
  notProven: 'NOT PROVEN',
  alarm: 'From alarm to answer',
  noAlarm: 'Not proven.',
  total: 'From the reading to the answer',
  answeredBy: 'Answered by',
  missing: 'Not proven',
  reason: 'Reason to finish without',
  note: 'Note',
  hub: 'Hub',
  rules: 'Rules in force',
  check: 'Compare this fingerprint with the one that the hub has:',
  page: (page: number, of: number) => `Page ${page} of ${of}`,
  how: {
    sensor: 'A sensor set the alarm off.',
    hub: 'The hub set the alarm off itself, marked as a test: no sensor was tried by this.',
  } satisfies Record<AlarmHow, string>,
  legs: {
    reading: 'Reading arrived',
    alert: 'Alert raised',
    queued: 'SMS written',
    sent: 'SMS sent',
    delivered: 'SMS on the phone',
    answered: 'Answered',
  } satisfies Record<AlarmLegName, string>,
  notKnown: 'not reported',
  seconds: 's',
}

const NB: typeof EN = {
  title: 'Installasjonsbevis',
  allProven: 'Alt er prøvd',
  forced: 'Avsluttet selv om noe ikke er prøvd',
  home: 'Hjem',
  area: 'Område',
  proven: 'Prøvd',
  by: 'Av',
  started: 'Besøket begynte',
  due: 'Neste kontroll',
  gateways: 'Gatewayer',
  online: 'tilkoblet',
  offline: 'ikke tilkoblet',
  sensors: 'Sensorer',
  noSensors: 'Ingen sensor er registrert.',
  sensor: 'Sensor',
  proof: 'Prøve',
  answer: 'Måling',
  time: 'Tid',
  battery: 'Batteri',
  signal: 'Signal',
  qos: 'QoS',
  heard: 'Hørt',
  notProven: 'IKKE PRØVD',
  alarm: 'Fra alarm til svar',
  noAlarm: 'Ikke prøvd.',
  total: 'Fra målingen til svaret',
  answeredBy: 'Besvart av',
  missing: 'Ikke prøvd',
  reason: 'Grunn til å avslutte uten',
  note: 'Merknad',
  hub: 'Hub',
  rules: 'Gjeldende regler',
  check: 'Sammenlign dette fingeravtrykket med det huben har:',
  page: (page, of) => `Side ${page} av ${of}`,
  how: {
    sensor: 'En sensor utløste alarmen.',
    hub: 'Huben utløste alarmen selv, merket som test: ingen sensor ble prøvd med dette.',
  },
  legs: {
    reading: 'Måling kom',
    alert: 'Varsel utløst',
    queued: 'SMS skrevet',
    sent: 'SMS sendt',
    delivered: 'SMS på telefonen',
    answered: 'Besvart',
  },
  notKnown: 'ikke meldt',
  seconds: 's',
}

export const CERTIFICATE_WORDS: Readonly<Record<PrintLanguage, typeof EN>> = { en: EN, nb: NB }

const VALUES_NB: Readonly<Record<string, string>> = {
  open: 'åpen',
  closed: 'lukket',
  detected: 'oppdaget',
  suspected: 'mistanke',
  confirmed: 'bekreftet',
  cancelled: 'avlyst',
  pressed: 'trykket',
  taken: 'tatt',
  missed: 'glemt',
  empty: 'tom',
  occupied: 'i bruk',
  locked: 'låst',
  unlocked: 'ulåst',
  true: 'ja',
  false: 'nei',
}

/** `åpen`, `ja`, `21,5 °C`. */
export function sayValue(kind: string, value: Value, language: PrintLanguage): string {
  if (typeof value === 'number') {
    const unit = KINDS.get(kind)?.unit
    const figure = new Intl.NumberFormat(language).format(value)
    return unit === undefined ? figure : `${figure} ${unit}`
  }
  if (language === 'nb') return VALUES_NB[String(value)] ?? String(value)
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
}
