/** Ended in a way that says: nothing was wrong with the person. As the indicators count. */
const FALSE = ['false', 'pet', 'visitor', 'equipment']

/** Of those that somebody said what they were: how many called in vain. */
export function falseShare(causes: Readonly<Record<string, number>>): {
  readonly bad: number
  readonly all: number
} {
  const bad = FALSE.reduce((sum, cause) => sum + (causes[cause] ?? 0), 0)
  return { bad, all: bad + (causes['real'] ?? 0) }
}

/** `2.1`, `0.04`. */
export function rateText(rate: number | undefined, language: string): string {
  return rate === undefined || rate === 0
    ? ''
    : rate.toLocaleString(language, { maximumSignificantDigits: 2 })
}
