import type { Alert } from '../model/alert.ts'

/**
 * Whether people are told of it however many messages they had: what is about safety, an alarm, or a resident who may be
 * in danger.
 */
export function passesLimit({
  category,
  severity,
  alarm,
}: Pick<Alert, 'category' | 'severity' | 'alarm'>): boolean {
  return alarm === true || category === 'safety' || (category === 'health' && severity === 'high')
}

/**
 * Whether people may be told of it in one message with others: what is technical. Never what is about a person; nor a
 * test in maintenance, which the installer makes to see just that message.
 */
export function mayBeGathered({
  category,
  alarm,
  test,
}: Pick<Alert, 'category' | 'alarm' | 'test'>): boolean {
  return category === 'technical' && !alarm && !test
}
