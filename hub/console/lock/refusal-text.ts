import type { TFunction } from 'i18next'
import { ApiError } from '../api.ts'
import type { Language } from '../words/words.ts'

type T = TFunction<['signIn', 'shared']>

/** Why signing in or unlocking failed, and what to do: in the page's language, else in the hub's own words. */
export function refusalText(error: unknown, t: T, language: Language): string {
  if (!(error instanceof ApiError)) return t('shared:failed')
  switch (error.reason) {
    case 'wrong-password':
      return t('wrongPassword')
    case 'wrong-link':
      return t('wrongLink')
    case 'name-waits':
      return t('nameWaits', { wait: waitText(error.retryAfter, language) })
    case 'address-waits':
      return t('addressWaits', { wait: waitText(error.retryAfter, language) })
    case 'signed-out':
      return t('signedOut')
    case 'plain-http':
      return t('plainHttp')
    default:
      return error.message || t('shared:failed')
  }
}

/** `30 seconds`, `5 minutter`: rounded up, so that nobody comes too early. */
export function waitText(seconds = 60, language: Language): string {
  const inMinutes = seconds >= 60
  const unit = inMinutes ? 'minute' : 'second'
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(
    inMinutes ? Math.ceil(seconds / 60) : Math.max(1, Math.ceil(seconds)),
  )
}
