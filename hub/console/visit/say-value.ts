import type { Value } from '../../model/reading.ts'
import { kindName, valueName } from '../words/names.ts'
import { WORDS } from '../words/words.ts'
import type { Language } from '../words/words.ts'

/** `Door: open`, `Motion`, `Motion: no`. */
export function sayValue(kind: string, value: Value | undefined, language: Language): string {
  const name = kindName(kind, language)
  if (value === undefined || value === null || value === true) return name
  if (value === false) return `${name}: ${WORDS[language].shared.no}`
  return `${name}: ${typeof value === 'number' ? value : valueName(value, language)}`
}
