import { homes as homesEn } from '../hub/console/words/en/homes.ts'
import { shared as sharedEn } from '../hub/console/words/en/shared.ts'
import { homes as homesNb } from '../hub/console/words/nb/homes.ts'
import { shared as sharedNb } from '../hub/console/words/nb/shared.ts'
import type { RuleSet } from '../hub/rules/rule.ts'

/** A folder of dashboards for each: Grafana itself has one language for all that is in a dashboard. */
export const LANGUAGES = ['en', 'nb'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same text in both languages, side by side where it is used. */
export type Say = (en: string, nb: string) => string

/** What the texts of a dashboard are made of. */
export interface Words {
  readonly language: Language
  readonly say: Say
  /** Those of the console, so that both call things alike. */
  readonly console: typeof sharedEn
  readonly homes: typeof homesEn
  /** What the rules call what they find. */
  readonly rules: RuleSet
}

export function wordsOf(language: Language, rules: RuleSet): Words {
  const isNorwegian = language === 'nb'
  return {
    language,
    say: (en, nb) => (isNorwegian ? nb : en),
    console: isNorwegian ? sharedNb : sharedEn,
    homes: isNorwegian ? homesNb : homesEn,
    rules,
  }
}
