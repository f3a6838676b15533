import type { Role, Scope } from '../../model/person.ts'

// The hub's own code does not come along into the browser: the type checker names what is missing here.
/** In the order in which they are shown. */
export const ROLES = Object.keys({
  operator: true,
  installer: true,
  admin: true,
} satisfies Record<Role, true>) as readonly Role[]

/** In the order in which they are shown. */
export const SCOPES = Object.keys({
  'read:alerts': true,
  'act:alerts': true,
  'raise:alerts': true,
  'read:homes': true,
  'change:homes': true,
  'read:history': true,
  'read:rules': true,
  'read:indicators': true,
  'read:metrics': true,
} satisfies Record<Scope, true>) as readonly Scope[]
