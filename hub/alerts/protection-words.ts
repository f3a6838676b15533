import type { ProtectionCode, ProtectionReason } from '../model/protection.ts'

/** What a reason means, and what to do, for people; the sensor, contact or rule stands in braces. */
export interface ReasonWords {
  readonly means: string
  readonly todo: string
}

type InBoth = { readonly en: ReasonWords; readonly nb: ReasonWords }

const WORDS: { readonly [code in ProtectionCode]: InBoth } = {
  'hub-away': {
    en: {
      means: 'The hub does not run: no alarm comes through from any home.',
      todo: 'Start the hub. Until then call those at the highest risk.',
    },
    nb: {
      means: 'Huben kjører ikke: ingen alarm kommer fram fra noe hjem.',
      todo: 'Start huben. Ring så lenge dem som har høyest risiko.',
    },
  },
  'alarms-only': {
    en: {
      means: 'The disk of the hub is full: alarms come through, and nobody notices who does not move.',
      todo: 'Have room made on the disk of the hub. Until then call those who live alone.',
    },
    nb: {
      means: 'Disken til huben er full: alarmer kommer fram, men ingen merker om noen ikke rører seg.',
      todo: 'Få ryddet plass på disken til huben. Ring så lenge dem som bor alene.',
    },
  },
  'no-link': {
    en: {
      means: 'No gateway is connected: no alarm can come through.',
      todo: 'Call the resident; have power and network checked.',
    },
    nb: {
      means: 'Ingen gateway er tilkoblet: ingen alarm kan komme fram.',
      todo: 'Ring beboeren; få sjekket strøm og nett.',
    },
  },
  'no-alarm-sensor': {
    en: {
      means: 'No sensor is registered that calls for help.',
      todo: 'Register a fall sensor, a button or a smoke alarm.',
    },
    nb: {
      means: 'Det er ikke registrert noen sensor som tilkaller hjelp.',
      todo: 'Registrer en fallsensor, en knapp eller en røykvarsler.',
    },
  },
  'no-alarm-heard': {
    en: {
      means: 'None of the sensors that call for help is heard.',
      todo: 'Call the resident; have the sensors looked at today.',
    },
    nb: {
      means: 'Ingen av sensorene som tilkaller hjelp, høres.',
      todo: 'Ring beboeren; få sensorene sjekket i dag.',
    },
  },
  'nobody-told': {
    en: {
      means: 'No message about an alert from here reaches anybody.',
      todo: 'Keep a board open, and register a contact who can be reached.',
    },
    nb: {
      means: 'Ingen melding om et varsel herfra når fram til noen.',
      todo: 'Ha en tavle åpen, og registrer en kontakt som kan nås.',
    },
  },
  'no-rule': {
    en: {
      means: 'No rule in force looks at {kind}: such an alarm calls nobody.',
      todo: 'Have the rule put back: aal rules status.',
    },
    nb: {
      means: 'Ingen regel som gjelder, ser på {kind}: en slik alarm varsler ingen.',
      todo: 'Få regelen tilbake: aal rules status.',
    },
  },
  maintenance: {
    en: {
      means: 'Somebody works on the equipment: alarms are tests, and the contacts are not told.',
      todo: 'End it when the work is done. It ends by itself.',
    },
    nb: {
      means: 'Noen arbeider på utstyret: alarmer er prøver, og kontaktene varsles ikke.',
      todo: 'Avslutt når arbeidet er gjort. Det slutter av seg selv.',
    },
  },
  'gateway-offline': {
    en: {
      means: 'Gateway {gateway} is not connected; another one is.',
      todo: 'Have its power and network checked.',
    },
    nb: {
      means: 'Gateway {gateway} er ikke tilkoblet; en annen er det.',
      todo: 'Få sjekket strøm og nett der den står.',
    },
  },
  'profile-missing': {
    en: {
      means: 'Nothing that {sensor} sends can be read: its profile is gone.',
      todo: 'Put the profile back, or give the sensor another one.',
    },
    nb: {
      means: 'Ingenting som {sensor} sender, kan leses: profilen er borte.',
      todo: 'Legg profilen tilbake, eller gi sensoren en annen.',
    },
  },
  'sensor-silent': {
    en: {
      means: '{sensor} was not heard within its interval.',
      todo: 'Check its battery and place at the next visit.',
    },
    nb: {
      means: '{sensor} er ikke hørt innen sin tid.',
      todo: 'Sjekk batteri og plassering ved neste besøk.',
    },
  },
  'sensor-never-heard': {
    en: {
      means: '{sensor} was never heard since it was registered.',
      todo: 'See whether it is paired, and whether its address is right: aal home seen.',
    },
    nb: {
      means: '{sensor} er aldri hørt siden den ble registrert.',
      todo: 'Se om den er paret, og om adressen stemmer: aal home seen.',
    },
  },
  'rule-fault': {
    en: {
      means: 'The rule {rule} cannot be evaluated here: it does not watch.',
      todo: 'Tell whoever keeps the rule files.',
    },
    nb: {
      means: 'Regelen {rule} kan ikke regnes ut her: den passer ikke på.',
      todo: 'Si fra til den som har reglene.',
    },
  },
  'rule-held': {
    en: {
      means: 'The rule {rule} is held: its alerts stand on the board and call nobody.',
      todo: 'Lift the hold when its reason is gone. It ends by itself.',
    },
    nb: {
      means: 'Regelen {rule} er på pause: varslene står på tavlen, og ingen blir varslet.',
      todo: 'Avslutt pausen når grunnen er borte. Den slutter av seg selv.',
    },
  },
  'contact-failed': {
    en: {
      means: 'The last message to {contact} ({way}) could not be delivered.',
      todo: 'Ask for the right number or address, and send them a test message.',
    },
    nb: {
      means: 'Den siste meldingen til {contact} ({way}) kunne ikke leveres.',
      todo: 'Spør om riktig nummer eller adresse, og send en prøvemelding.',
    },
  },
  'way-down': {
    en: {
      means: 'No message can be sent ({way}): no channel for it works.',
      todo: 'Call people yourself; have the channel looked after.',
    },
    nb: {
      means: 'Ingen melding kan sendes ({way}): ingen kanal for det virker.',
      todo: 'Ring selv; få kanalen sjekket.',
    },
  },
  'no-receipt': {
    en: {
      means: '{sensor} sends without a receipt (QoS 0): an alarm may be lost when the link is down.',
      todo: 'Set qos 1 for it on the gateway.',
    },
    nb: {
      means: '{sensor} sender uten kvittering (QoS 0): en alarm kan gå tapt når linjen er nede.',
      todo: 'Sett qos 1 for den i gatewayen.',
    },
  },
  'battery-low': {
    en: {
      means: 'The battery of {sensor} is at {value} %, limit {limit} %.',
      todo: 'Bring a new battery at the next visit.',
    },
    nb: {
      means: 'Batteriet i {sensor} er på {value} %, grense {limit} %.',
      todo: 'Ta med nytt batteri ved neste besøk.',
    },
  },
  'weak-link': {
    en: {
      means: 'The signal of {sensor} is weak: {value} %, limit {limit} %.',
      todo: 'Move it, or put a repeater between it and the gateway.',
    },
    nb: {
      means: 'Signalet fra {sensor} er svakt: {value} %, grense {limit} %.',
      todo: 'Flytt den, eller sett en forsterker mellom den og gatewayen.',
    },
  },
  'never-proven': {
    en: {
      means: 'Nobody has proven that an alarm from here comes through.',
      todo: 'Prove it at a visit: each sensor, and an alarm to its answer.',
    },
    nb: {
      means: 'Ingen har prøvd om en alarm herfra kommer fram.',
      todo: 'Prøv det ved et besøk: hver sensor, og en alarm til noen svarer.',
    },
  },
  'proof-overdue': {
    en: {
      means: 'The home should have been proven again.',
      todo: 'Plan a visit, and prove it.',
    },
    nb: {
      means: 'Hjemmet skulle ha vært prøvd igjen.',
      todo: 'Planlegg et besøk, og prøv det.',
    },
  },
  'rules-refused': {
    en: {
      means: 'There are errors in the rule files: the rules of before are in force.',
      todo: 'Mend the files: aal rules status.',
    },
    nb: {
      means: 'Det er feil i regelfilene: reglene fra før gjelder.',
      todo: 'Rett filene: aal rules status.',
    },
  },
  'no-contact': {
    en: {
      means: 'No contact is registered: the staff alone are told.',
      todo: 'Ask the family who may be told.',
    },
    nb: {
      means: 'Ingen kontakt er registrert: bare vakten varsles.',
      todo: 'Spør familien hvem som kan varsles.',
    },
  },
  'contact-stopped': {
    en: { means: '{contact} wrote STOP: they get nothing.', todo: 'Ask them, or register somebody else.' },
    nb: { means: '{contact} har skrevet STOPP: de får ingenting.', todo: 'Spør, eller registrer en annen.' },
  },
  'contact-withdrawn': {
    en: {
      means: '{contact} has withdrawn their consent to alerts.',
      todo: 'Ask them, or register somebody else.',
    },
    nb: {
      means: '{contact} har trukket samtykket til varsler.',
      todo: 'Spør, eller registrer en annen.',
    },
  },
  'contact-no-address': {
    en: {
      means: '{contact} has no number or address for messages.',
      todo: 'Ask for one, and register it.',
    },
    nb: {
      means: '{contact} har ikke nummer eller adresse for meldinger.',
      todo: 'Spør etter det, og registrer det.',
    },
  },
  'contact-quiet': {
    en: {
      means: '{contact} has quiet hours nearly all day: told only when nobody else is left.',
      todo: 'Ask whether the hours are right.',
    },
    nb: {
      means: '{contact} har stille timer nesten hele døgnet: varsles bare når ingen andre er igjen.',
      todo: 'Spør om tidene stemmer.',
    },
  },
  'is-planned': {
    en: { means: 'Planned: nothing is expected from here yet.', todo: 'Set it up at a visit.' },
    nb: { means: 'Planlagt: ingenting ventes herfra ennå.', todo: 'Sett det i gang ved et besøk.' },
  },
  'is-commissioning': {
    en: {
      means: 'Being set up: what never spoke is not missed. Alarms are real.',
      todo: 'Put it into service when all is proven.',
    },
    nb: {
      means: 'Settes opp: det som aldri er hørt, savnes ikke. Alarmer er ekte.',
      todo: 'Sett det i drift når alt er prøvd.',
    },
  },
  'is-paused': {
    en: {
      means: 'Paused: silence and missing activity call nobody. Falls, SOS, smoke, gas and CO do.',
      todo: 'Resume it when the resident is back. It ends by itself.',
    },
    nb: {
      means: 'På pause: stillhet og manglende aktivitet varsler ingen. Fall, SOS, røyk, gass og CO gjør det.',
      todo: 'Avslutt pausen når beboeren er tilbake. Den slutter av seg selv.',
    },
  },
  'is-closed': {
    en: {
      means: 'Closed: its gateways are refused, and no rule counts.',
      todo: 'Nothing. To open it again, set it up anew.',
    },
    nb: {
      means: 'Avsluttet: gatewayene avvises, og ingen regel gjelder.',
      todo: 'Ingenting. Skal det åpnes igjen, må det settes opp på nytt.',
    },
  },
}

/** What a reason means and what to do about it, by pseudonyms. */
export function protectionWords(reason: ProtectionReason): InBoth {
  const { en, nb } = WORDS[reason.code]
  const fill = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (_, key: string) => String(reason[key as keyof ProtectionReason] ?? ''))
  const both = ({ means, todo }: ReasonWords): ReasonWords => ({ means: fill(means), todo: fill(todo) })
  return { en: both(en), nb: both(nb) }
}
