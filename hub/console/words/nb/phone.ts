import type { Same } from '../same.ts'
import type { phone as en } from '../en/phone.ts'

export const phone: Same<typeof en> = {
  careCentre: 'Vaktsentralen',
  phones: 'Telefoner',
  phonesIntro:
    'Ingen SMS-leverandør er satt opp, så meldingene kommer hit i stedet for til ekte telefoner. Svar teller.',
  noMessages: 'Ingen meldinger ennå.',
  noMessagesWhy: 'Når et varsel går til en kontakt, dukker telefonen opp her.',
  answer: 'Svar',
  send: 'Send',
  notMatched: 'Huben skjønte ikke hva dette var svar på.',
}
