import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'

/**
 * Whether a reader is told what it is, or only that there is a health alert: a message lies open on a phone, and a link
 * in it can be passed on.
 * @param isCarer cares for the people in their homes: the staff, a nurse among the contacts
 */
export function saysTitle(
  { category }: Pick<Alert, 'category'>,
  home: Home | undefined,
  isCarer: boolean,
): boolean {
  return category !== 'health' || isCarer || home?.messages?.health === 'title'
}
