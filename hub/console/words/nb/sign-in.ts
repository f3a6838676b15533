import type { Same } from '../same.ts'
import type { signIn as en } from '../en/sign-in.ts'

export const signIn: Same<typeof en> = {
  signIn: 'Logg inn',
  signInWith: 'Logg inn med {{name}}',
  person: 'Navn',
  password: 'Passord',
  outsideRefused: 'Du kunne ikke logges inn der. Prøv igjen, eller spør den som har ansvar for huben.',
  outsideAway: 'Innloggingen til organisasjonen kan ikke nås. Bruk passordet ditt, eller en lenke.',
  signInHow:
    'Eller åpne en innloggingslenke, eller lim den inn her. Huben skriver ut en når den starter, og «aal sign-in --person NAVN» lager flere; hver virker én gang.',
  signInLink: 'Innloggingslenke',
  signingIn: 'Logger inn …',
}
