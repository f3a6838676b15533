const E164 = /^\+[1-9]\d{6,14}$/

/** Why nothing can be sent to what is no such number. */
export const NOT_E164 = 'The phone number is not in E.164 form, such as +4790000001'

/** Is this a number as ITU-T E.164 has it, with the plus sign? */
export function isE164(number: string): boolean {
  return E164.test(number)
}

/**
 * The E.164 form of a sender's number as SMS centres give it: with `+`, with `00`, or the bare digits of an
 * international number.
 * @returns undefined for what is no such number: short codes, names (`Telenor`)
 */
export function toE164(sender: string): string | undefined {
  const digits = sender.replace(/[\s().-]/g, '').replace(/^(\+|00)/, '')
  const number = `+${digits}`
  return isE164(number) ? number : undefined
}
