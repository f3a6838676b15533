/** Norwegian numbers: 8 digits, none begins with 0 or 1. */
const NATIONAL = /^[2-9]\d{7}$/
export const E164 = /^\+[1-9]\d{6,14}$/

/** As people write it, without what they put between the digits. */
export function bareNumber(text: string): string {
  return text.replace(/[\s().\-\u2010-\u2013]/g, '')
}

/** What was probably meant by a number without its country code: `+47 900 00 001`. */
export function suggestPhone(text: string): string | undefined {
  const bare = bareNumber(text)
  if (NATIONAL.test(bare)) return `+47 ${bare.slice(0, 3)} ${bare.slice(3, 5)} ${bare.slice(5)}`
  const abroad = bare.replace(/^00/, '+')
  if (abroad !== bare && E164.test(abroad)) return abroad
  // YAML reads +4790000001 without quotes as a number.
  return /^47[2-9]\d{7}$/.test(bare) ? `+${bare}` : undefined
}
