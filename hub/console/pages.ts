import { lazy } from 'react'
import type { ComponentType } from 'react'
import { Board } from './board/board.tsx'
import type { Role } from '../model/person.ts'
import type { Session } from './session.tsx'

/** What stands in the navigation, in this order: those that have a page. */
export const AREAS = ['board', 'visit', 'homes', 'shift', 'rules', 'system', 'people'] as const
export type Area = (typeof AREAS)[number]

export interface PageEntry {
  /** As wouter reads it: `/homes/:id`. The hub must serve it too (`hub/http/pages.ts`). */
  readonly path: string
  /** Which entry of the navigation is lit; the area's first page is where the entry leads. */
  readonly area?: Area
  /** Who sees it; everybody when not given. The hub refuses the data all the same. */
  readonly roles?: readonly Role[]
  /** What it is for is about every home: only for who sees all areas. */
  readonly allAreas?: true
  /** One goes on without the hub: what is typed is kept, and the page says itself that the link is away. */
  readonly withoutLink?: true
  /** The hub answers what it shows, without names, while the screen is locked. */
  readonly whenLocked?: true
  readonly page: ComponentType
}

/** Every page. All but the board come with a file of their own, so that the board is there at once. */
export const PAGES: readonly PageEntry[] = [
  { path: '/', area: 'board', whenLocked: true, page: Board },
  {
    path: '/homes',
    area: 'homes',
    page: lazy(async () => ({ default: (await import('./homes/homes-page.tsx')).HomesPage })),
  },
  {
    path: '/homes/:id',
    area: 'homes',
    page: lazy(async () => ({ default: (await import('./home/home-page.tsx')).HomePage })),
  },
  {
    path: '/homes/:id/certificates/:certificate',
    area: 'homes',
    page: lazy(async () => ({ default: (await import('./visit/certificate-page.tsx')).CertificatePage })),
  },
  {
    path: '/visit',
    area: 'visit',
    roles: ['installer', 'admin'],
    withoutLink: true,
    page: lazy(async () => ({ default: (await import('./visit/find-page.tsx')).FindPage })),
  },
  {
    path: '/visit/:home',
    area: 'visit',
    roles: ['installer', 'admin'],
    withoutLink: true,
    page: lazy(async () => ({ default: (await import('./visit/visit-page.tsx')).VisitPage })),
  },
  {
    path: '/alerts/:id',
    area: 'board',
    whenLocked: true,
    page: lazy(async () => ({ default: (await import('./alert/alert-page.tsx')).AlertPage })),
  },
  {
    path: '/shift',
    area: 'shift',
    roles: ['operator', 'admin'],
    page: lazy(async () => ({ default: (await import('./shift/shift-page.tsx')).ShiftPage })),
  },
  {
    path: '/rules',
    area: 'rules',
    roles: ['operator', 'admin'],
    page: lazy(async () => ({ default: (await import('./rules/rules-page.tsx')).RulesPage })),
  },
  {
    path: '/rules/try',
    area: 'rules',
    roles: ['operator', 'admin'],
    allAreas: true,
    page: lazy(async () => ({ default: (await import('./rules/try-page.tsx')).TryPage })),
  },
  {
    path: '/rules/rule/:rule',
    area: 'rules',
    roles: ['operator', 'admin'],
    page: lazy(async () => ({ default: (await import('./rules/rule-page.tsx')).RulePage })),
  },
  {
    path: '/system',
    area: 'system',
    roles: ['operator', 'admin'],
    page: lazy(async () => ({ default: (await import('./system/system-page.tsx')).SystemPage })),
  },
  {
    path: '/people',
    area: 'people',
    roles: ['admin'],
    page: lazy(async () => ({ default: (await import('./people/people-page.tsx')).PeoplePage })),
  },
  {
    path: '/people/programs',
    area: 'people',
    roles: ['admin'],
    page: lazy(async () => ({ default: (await import('./people/programs-page.tsx')).ProgramsPage })),
  },
  {
    path: '/people/log',
    area: 'people',
    roles: ['admin'],
    page: lazy(async () => ({ default: (await import('./people/log-page.tsx')).LogPage })),
  },
  {
    path: '/phone',
    roles: ['operator'],
    page: lazy(async () => ({ default: (await import('./phone/phone-page.tsx')).PhonePage })),
  },
]

/** Whether somebody sees this page, and what they lack when they do not. */
export function maySee({ roles, allAreas }: PageEntry, session: Pick<Session, 'roles' | 'areas'>): MaySee {
  if (roles && !session.roles.some((one) => roles.includes(one))) return { ok: false, lacks: 'role', roles }
  if (allAreas && session.areas !== 'all') return { ok: false, lacks: 'areas' }
  return { ok: true }
}

export type MaySee =
  | { readonly ok: true }
  | { readonly ok: false; readonly lacks: 'role'; readonly roles: readonly Role[] }
  | { readonly ok: false; readonly lacks: 'areas' }
