import type { BoardAlert } from '../api-types.ts'

/** As the hub tells of an alert on a locked screen: for when it cannot be asked, or has not answered yet. */
export function withoutNames(alert: BoardAlert): BoardAlert {
  const { residentName: _, ...rest } = alert
  const { handledBy, handledByName, handedTo, handedToName, attendance, hold, modes, escalation } = alert
  const { messages, next, passedOver } = escalation
  return {
    ...rest,
    ...(handledByName !== undefined && { handledByName: idOf(handledBy) }),
    ...(handedToName !== undefined && { handedToName: idOf(handedTo) }),
    ...(attendance && {
      attendance: {
        ...attendance,
        ...(attendance.byName !== undefined && { byName: idOf(attendance.by) }),
      },
    }),
    ...(hold && { hold: { until: hold.until } }),
    ...(modes && {
      modes: modes.map(({ mode, until }) => ({ mode, ...(until !== undefined && { until }) })),
    }),
    escalation: {
      ...escalation,
      messages: messages.map((one) => ({ ...one, contact: idOf(one.recipient) })),
      // One text with the names of all: when, and no more.
      ...(next && { next: { at: next.at } }),
      ...(passedOver && { passedOver: passedOver.map(() => '…') }),
    },
  }
}

/** `contact:daughter` → `daughter`. */
const idOf = (person = ''): string => person.slice(person.indexOf(':') + 1)
