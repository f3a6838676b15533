import { createContext, use, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { WORDS } from './words.ts'
import type { Language, Words } from './words.ts'

interface Spoken {
  readonly language: Language
  readonly words: Words
  setLanguage(language: Language): void
}

const Context = createContext<Spoken | undefined>(undefined)
const KEPT = 'aal.language'

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'nb' || kept === 'en') return kept
  return /^(nb|nn|no|da|sv)\b/i.test(navigator.language) ? 'nb' : 'en'
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const spoken = useMemo(
    () => ({
      language,
      words: WORDS[language],
      setLanguage: (chosen: Language) => {
        localStorage.setItem(KEPT, chosen)
        setLanguage(chosen)
      },
    }),
    [language],
  )
  return <Context value={spoken}>{children}</Context>
}

export function useLanguage(): Spoken {
  const spoken = use(Context)
  if (!spoken) throw new Error('useLanguage is outside of LanguageProvider')
  return spoken
}

/** Switches to the other language, and is named in it. */
export function LanguageButton() {
  const { language, setLanguage } = useLanguage()
  const other = language === 'nb' ? 'en' : 'nb'
  return (
    <button type="button" className="quiet" lang={other} onClick={() => setLanguage(other)}>
      {other === 'nb' ? 'Norsk' : 'English'}
    </button>
  )
}
