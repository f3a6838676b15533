import type { Same } from '../same.ts'
import type { signIn as en } from '../en/sign-in.ts'

export const signIn: Same<typeof en> = {
  signIn: 'Logg inn',
  signInHow:
    'Åpne en innloggingslenke, eller lim den inn her. Huben skriver ut en når den starter, og «aal sign-in --person NAVN» lager flere; hver virker én gang.',
  signInLink: 'Innloggingslenke',
  signingIn: 'Logger inn …',
}
