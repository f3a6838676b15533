import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { alert as alertEn } from './en/alert.ts'
import { board as boardEn } from './en/board.ts'
import { home as homeEn } from './en/home.ts'
import { homes as homesEn } from './en/homes.ts'
import { lock as lockEn } from './en/lock.ts'
import { people as peopleEn } from './en/people.ts'
import { phone as phoneEn } from './en/phone.ts'
import { rules as rulesEn } from './en/rules.ts'
import { shared as sharedEn } from './en/shared.ts'
import { shift as shiftEn } from './en/shift.ts'
import { signIn as signInEn } from './en/sign-in.ts'
import { visit as visitEn } from './en/visit.ts'
import { alert as alertNb } from './nb/alert.ts'
import { system as systemEn } from './en/system.ts'
import { board as boardNb } from './nb/board.ts'
import { home as homeNb } from './nb/home.ts'
import { homes as homesNb } from './nb/homes.ts'
import { lock as lockNb } from './nb/lock.ts'
import { people as peopleNb } from './nb/people.ts'
import { phone as phoneNb } from './nb/phone.ts'
import { rules as rulesNb } from './nb/rules.ts'
import { shared as sharedNb } from './nb/shared.ts'
import { shift as shiftNb } from './nb/shift.ts'
import { signIn as signInNb } from './nb/sign-in.ts'
import { system as systemNb } from './nb/system.ts'
import { visit as visitNb } from './nb/visit.ts'

/** Every text of the console, by language and area: an area is a page, or `shared`. */
export const WORDS = {
  en: {
    shared: sharedEn,
    alert: alertEn,
    board: boardEn,
    home: homeEn,
    homes: homesEn,
    phone: phoneEn,
    rules: rulesEn,
    shift: shiftEn,
    signIn: signInEn,
    system: systemEn,
    lock: lockEn,
    people: peopleEn,
    visit: visitEn,
  },
  nb: {
    shared: sharedNb,
    alert: alertNb,
    board: boardNb,
    home: homeNb,
    homes: homesNb,
    phone: phoneNb,
    rules: rulesNb,
    shift: shiftNb,
    signIn: signInNb,
    system: systemNb,
    lock: lockNb,
    people: peopleNb,
    visit: visitNb,
  },
}

export type Language = keyof typeof WORDS

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shared'
    resources: (typeof WORDS)['en']
  }
}

/** Makes the words ready, at once: nothing is shown before. */
export function startWords(language: Language): void {
  const i18n = createInstance()
  void i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: WORDS,
    defaultNS: 'shared',
    initAsync: false,
    returnNull: false,
    // React escapes.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  // `1 198`, as people read figures from afar, in either language.
  i18n.services.formatter?.add('n', (value: number) => value.toLocaleString('nb'))
}
