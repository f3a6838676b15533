import type { Same } from '../same.ts'
import type { lock as en } from '../en/lock.ts'

export const lock: Same<typeof en> = {
  title: 'Skjermen er låst',
  locked: 'Låst.',
  bar: '{{who}} er logget inn. Tavlen går videre, uten navn.',
  whose: '{{who}} er logget inn her. Lås opp for å gå videre.',
  unlock: 'Lås opp',
  lockNow: 'Lås skjermen',
  passwordOrLink: 'Passord, eller en ny innloggingslenke',
  link: 'En ny innloggingslenke',
  wrong: 'Det er ikke passordet. Ingenting ble gjort.',
  wrongLink: 'Denne lenken er brukt før, for gammel eller en annens. Ingenting ble gjort.',
  somebodyElse: 'Ikke {{who}}? Logg ut',
  again: 'Logg inn igjen med {{name}}',
  pageLocked: 'Siden er låst.',
  setPassword: 'Velg et passord',
  changePassword: 'Bytt passord',
  passwordHow:
    'Minst 12 tegn; noen ord som bare du ville satt sammen, er bra. Du blir logget ut andre steder.',
  current: 'Passordet nå',
  newPassword: 'Nytt passord',
  show: 'Vis det jeg skriver',
  savePassword: 'Lagre passordet',
  wrongCurrent: 'Det er ikke passordet ditt nå. Ingenting ble endret.',
  passwordSet: 'Passordet er lagret.',
  noPassword: 'Uten passord låses skjermen aldri.',
}
