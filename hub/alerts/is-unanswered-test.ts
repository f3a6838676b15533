import type { Alert } from '../model/alert.ts'
import { isForPeople } from './is-for-people.ts'

/** Whether it is a test about a person, or one that only a person can end, which nobody has answered. */
export function isUnansweredTest(alert: Alert): boolean {
  return alert.test === true && alert.handling === 'new' && isForPeople(alert)
}
