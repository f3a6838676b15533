import type { Alert } from '../model/alert.ts'

/** Whether only a person can end it, or it is about one: a home with such an alert is not closed. */
export function isForPeople({ category, resolve }: Alert): boolean {
  return category === 'safety' || category === 'health' || resolve === 'manual'
}
