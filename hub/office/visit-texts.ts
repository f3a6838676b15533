import type {
  ALARM_FAILURES,
  AlarmFailure,
  VISIT_LACKS,
  VISIT_WARNINGS,
  VisitLack,
  VisitWarning,
} from '../model/visit.ts'

type Words = readonly [en: string, nb: string]

const WARNINGS: Readonly<Record<(typeof VISIT_WARNINGS)[number], (figure: string) => Words>> = {
  'battery-low': (percent) => [
    `The battery has ${percent} % left: change it now`,
    `Batteriet har ${percent} % igjen: bytt det nå`,
  ],
  'weak-signal': (percent) => [
    `Weak signal, ${percent} %: move the sensor, or put a repeater between`,
    `Svakt signal, ${percent} %: flytt sensoren, eller sett en forsterker imellom`,
  ],
  'qos-0': () => [
    'Its alarms come with QoS 0: one that is lost on the way is not sent again. Set QoS 1 in the gateway',
    'Alarmene kommer med QoS 0: en som blir borte på veien, sendes ikke igjen. Sett QoS 1 i gatewayen',
  ],
  'clock-off': () => [
    'It says a time that cannot be right: set the clock of the sensor or its gateway',
    'Den oppgir et tidspunkt som ikke kan stemme: still klokken i sensoren eller gatewayen',
  ],
  'reading-late': (seconds) => [
    `Its last message came ${seconds} s after it was observed, and proves nothing`,
    `Den siste meldingen kom ${seconds} s etter at det skjedde, og beviser ingenting`,
  ],
  retained: () => [
    'Its messages are retained, so the hub cannot know whether they are new: turn off "retain" in the gateway',
    'Meldingene er lagret («retain»), så huben kan ikke vite om de er nye: slå av «retain» i gatewayen',
  ],
  'other-value': (value) => [
    `It spoke, and said something else: ${value}`,
    `Den meldte seg, men med noe annet: ${value}`,
  ],
}

const LACKS: Readonly<Record<(typeof VISIT_LACKS)[number], (what: string) => Words>> = {
  'no-sensors': () => ['No sensor is registered in this home', 'Ingen sensor er registrert i dette hjemmet'],
  unproven: (sensor) => [`${sensor} is not proven`, `${sensor} er ikke prøvd`],
  'not-heard': (sensor) => [
    `${sensor} has not been heard during this visit`,
    `${sensor} har ikke meldt seg under dette besøket`,
  ],
  'no-installer': () => [
    'No installer of this home has a phone number, so nobody gets the SMS of a test: give yours',
    'Ingen installatør for dette hjemmet har telefonnummer, så ingen får SMS om en test: oppgi ditt',
  ],
  'no-alarm': () => [
    'The way from an alarm to its answer is not proven',
    'Veien fra en alarm til svaret er ikke prøvd',
  ],
  'maintenance-over': () => [
    'Maintenance is over, so alarms go to the family: start the visit again before you go on',
    'Vedlikeholdet er over, så alarmer går til familien: start besøket på nytt før du fortsetter',
  ],
  'unanswered-tests': (count) => [
    `Unanswered tests: ${count}. They count as real when maintenance ends: answer them first`,
    `Ubesvarte tester: ${count}. De gjelder som ekte når vedlikeholdet slutter: svar på dem først`,
  ],
}

const FAILURES: Readonly<Record<(typeof ALARM_FAILURES)[number], Words>> = {
  'no-reading': ['No alarm was heard within 5 minutes', 'Ingen alarm ble hørt innen 5 minutter'],
  'no-alert': ['The reading raised no alert', 'Målingen utløste ikke noe varsel'],
  'no-message': ['No message was made: nobody could be told', 'Ingen melding ble laget: ingen kunne varsles'],
  'not-sent': ['The message could not be sent', 'Meldingen kunne ikke sendes'],
  'answered-by-other': ['Somebody else answered it', 'Noen andre svarte'],
  'no-answer': ['Nobody answered within 10 minutes', 'Ingen svarte innen 10 minutter'],
  resolved: ['The alert ended without an answer', 'Varselet ble avsluttet uten svar'],
}

export function warning(code: VisitWarning['code'], figure: string | number = ''): VisitWarning {
  const [en, nb] = WARNINGS[code](String(figure))
  return { code, en, nb }
}

/** @param what the sensor, or how many */
export function lack(code: VisitLack['code'], what: string | number = '', sensor?: string): VisitLack {
  const [en, nb] = LACKS[code](String(what))
  return { code, ...(sensor !== undefined && { sensor }), en, nb }
}

export function failure(code: AlarmFailure['code']): AlarmFailure {
  const [en, nb] = FAILURES[code]
  return { code, en, nb }
}
