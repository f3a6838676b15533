/**
 * What a person may do: operators answer alarms, installers look after equipment, admins look after people and the
 * hub. A person has at least one, and may have all.
 */
export const ROLES = ['operator', 'installer', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Areas of the register, whose homes and alerts somebody sees; `''` are the homes without one. */
export type Areas = 'all' | readonly string[]

/** Somebody who may sign in. */
export interface Person {
  /** Stands beside what this person does: `siv`. */
  readonly id: string
  readonly name?: string
  readonly roles: readonly Role[]
  readonly areas: Areas
  /** Who was removed stays known by their id: nobody else can get it, and what they did stays theirs. */
  readonly state: 'active' | 'removed'
  /** ms since 1970 */
  readonly createdAt: number
  readonly hasPassword: boolean
  /** Whom an OpenID Connect provider says this is: `ISSUER SUB`. */
  readonly subject?: string
}

/** What a program may do with its token. */
export const SCOPES = [
  'read:alerts',
  'act:alerts',
  'raise:alerts',
  'read:homes',
  'change:homes',
  'read:history',
  'read:rules',
  'read:indicators',
  'read:metrics',
] as const
export type Scope = (typeof SCOPES)[number]

/** A program that may use the API. */
export interface AccessToken {
  /** Stands beside what it does: `grafana`. */
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly areas: Areas
  readonly createdAt: number
  readonly createdBy: string
  readonly usedAt?: number
  readonly revokedAt?: number
}
