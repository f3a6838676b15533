import type { Same } from '../same.ts'
import type { signIn as en } from '../en/sign-in.ts'

export const signIn: Same<typeof en> = {
  signIn: 'Logg inn',
  signInWith: 'Logg inn med {{name}}',
  person: 'Navn',
  password: 'Passord',
  over: 'Økten din er over. Logg inn igjen for å gå videre.',
  waits: 'Det du skulle til å gjøre, venter: du blir spurt om det når du er logget inn.',
  wrongPassword:
    'Navnet eller passordet er feil. Se over begge, også store bokstaver. Glemt? En administrator kan lage en innloggingslenke til deg.',
  wrongLink:
    'Denne lenken er brukt før, eldre enn 24 timer eller ikke hel. Be en administrator om en ny, eller bruk passordet ditt.',
  nameWaits:
    'For mange feil passord for dette navnet: det er sperret i {{wait}}. Vent, og prøv igjen; en innloggingslenke virker med en gang.',
  addressWaits: 'For mange forsøk fra dette nettet. Vent {{wait}}, og prøv igjen.',
  signedOut:
    'For mange feil passord: du ble logget ut. Logg inn igjen. Glemt passordet? En administrator kan lage en innloggingslenke til deg.',
  plainHttp:
    'Denne adressen er ikke kryptert, og ingen kan logge inn her. Åpne adressen som begynner med https://, eller spør den som har ansvar for huben om den.',
  outside: {
    denied:
      'Innloggingen til organisasjonen slapp deg ikke inn, eller du avbrøt. Prøv igjen; er kontoen din der sperret, spør dem som har ansvar for den. Passordet ditt her, eller en lenke, virker også.',
    away: 'Innloggingen til organisasjonen kan ikke nås. Bruk passordet ditt, eller en lenke.',
    clock:
      'Klokkene til organisasjonens innlogging og til denne huben går ulikt. Bruk passordet ditt, eller en lenke, og be den som har ansvar for huben om å stille klokken.',
    late: 'Det tok for lang tid, eller ble begynt i et annet vindu. Begynn på nytt her.',
    'not-asked':
      'Innloggingen til organisasjonen spurte ikke hvem du er. Begynn på nytt her, og oppgi navn og passord der.',
    'no-role':
      'De kjenner deg der, men ikke som noen som kan bruke denne huben. Spør den som gir deg tilgang i organisasjonen.',
    taken: 'Noen andre har kortnavnet ditt her. Be en administrator av huben om å knytte deg til det.',
    removed: 'Du er fjernet fra denne huben. Spør en administrator av den om du skal være her.',
    unknown: 'Du er ikke kjent her. Be en administrator av huben om å legge deg til.',
    failed: 'Du kunne ikke logges inn der. Prøv igjen, eller spør den som har ansvar for huben.',
  },
  signInHow:
    'Eller åpne en innloggingslenke, eller lim den inn her. Huben skriver ut en når den starter, og «aal sign-in --person NAVN» lager flere; hver virker én gang.',
  signInLink: 'Innloggingslenke',
  signingIn: 'Logger inn …',
}
