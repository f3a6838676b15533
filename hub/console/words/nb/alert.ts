import type { Same } from '../same.ts'
import type { alert as en } from '../en/alert.ts'

export const alert: Same<typeof en> = {
  back: 'Tavle',
  unanswered: 'Ingen har svart ennå.',
  taken: 'Tatt av {{who}}.',
  resolved: 'Avsluttet: {{cause}}.',
  resolvedBy: 'Avsluttet av {{who}}: {{cause}}.',
  over: 'Det som utløste det, er over.',
  take: 'Ta den',
  resolve: 'Avslutt',
  whatToDo: 'Hva som bør gjøres',
  noAdvice: 'Regelen sier ingenting om det.',
  whatHappened: 'Hva som skjedde',
  around: 'Timene rundt',
  tooOld: 'Det er mer enn 7 dager siden.',
  why: 'Hvorfor det ble meldt',
  measured: 'Målt',
  limitsNow: 'Grensene slik de er nå',
  ruleAsWritten: 'Regelen, slik den sto i {{file}} da',
  ruleUnknown: 'Hvordan regelen var skrevet da, er ikke lagret.',
  similar: 'Det samme i dette hjemmet før',
  noSimilar: 'Aldri før.',
  open: 'åpent',
  home: 'Hjemmet',
  lockedPart: 'Navn, notater, grenser og timene rundt er her når skjermen er låst opp.',
  people: 'Navn og numre',
}
