import type { ContactRole, Home } from './home.ts'
import { toOf } from './notification.ts'

/** Who may be shown where a home is and how to get in: `staff`, and roles of contacts. */
export const SHOWN_ROLES = ['staff', 'family', 'neighbour', 'nurse'] as const satisfies readonly (
  | 'staff'
  | ContactRole
)[]
export type ShownRole = (typeof SHOWN_ROLES)[number]

/** @param recipient as `recipientOf` gives it */
export function mayBeShown(roles: readonly ShownRole[], recipient: string, { contacts }: Home): boolean {
  const { contact, staff } = toOf(recipient)
  if (staff !== undefined) return roles.includes('staff')
  const known = contacts.find(({ id }) => id === contact)
  return known !== undefined && roles.some((role) => role === (known.role ?? 'family'))
}
