import type { BoardAlert } from '../api-types.ts'

/** As the hub tells of an alert on a locked screen: for when it cannot be asked, or has not answered yet. */
export function withoutNames(alert: BoardAlert): BoardAlert {
  const { residentName: _resident, handledByName: _handled, handedToName: _handed, ...rest } = alert
  const { attendance, hold, modes, escalation } = alert
  const { messages, next, passedOver } = escalation
  return {
    ...rest,
    ...(attendance && { attendance: without(attendance, 'byName') }),
    ...(hold && { hold: without(hold, 'why') }),
    ...(modes && { modes: modes.map((mode) => without(mode as typeof mode & { why?: string }, 'why')) }),
    escalation: {
      ...escalation,
      messages: messages.map((one) => ({ ...one, contact: one.recipient.replace(/^\w+:/, '') })),
      // One text with the names of all: when, and no more.
      ...(next && { next: { at: next.at } }),
      ...(passedOver && { passedOver: passedOver.map(() => '…') }),
    },
  }
}

function without<T extends object, K extends keyof T>(one: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = one
  return rest
}
