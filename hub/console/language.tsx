import { useTranslation } from 'react-i18next'
import type { Language } from './words/words.ts'

const KEPT = 'aal.language'

/** The language that was chosen here, else the browser's, if it is one of ours. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'nb' || kept === 'en') return kept
  return /^(nb|nn|no|da|sv)\b/i.test(navigator.language) ? 'nb' : 'en'
}

/** The language of the page. Where only words are needed, `useTranslation` gives them. */
export function useLanguage(): { readonly language: Language; setLanguage(language: Language): void } {
  const { i18n } = useTranslation()
  return {
    language: i18n.language === 'nb' ? 'nb' : 'en',
    setLanguage: (chosen) => {
      localStorage.setItem(KEPT, chosen)
      document.documentElement.lang = chosen
      void i18n.changeLanguage(chosen)
    },
  }
}

/** Switches to the other language, and is named in it. */
export function LanguageButton() {
  const { language, setLanguage } = useLanguage()
  const other = language === 'nb' ? 'en' : 'nb'
  return (
    <button type="button" className="quiet" lang={other} onClick={() => setLanguage(other)}>
      {OWN_NAMES[other]}
    </button>
  )
}

const OWN_NAMES: Readonly<Record<Language, string>> = { nb: 'Norsk', en: 'English' }
