import { ask, ApiError } from '../api.ts'
import { tellTabs } from './tabs.ts'

const KEPT = 'aal.leaving'

/** Whether somebody wanted to sign out here, and the hub did not hear it yet. */
export function isLeaving(): boolean {
  return localStorage.getItem(KEPT) !== null
}

/** Somebody signs in: the session that was to end is no more in this browser. */
export function stay(): void {
  localStorage.removeItem(KEPT)
}

/**
 * Signs out; until the hub has heard it, this browser wants it, whatever page is loaded.
 * @returns where to sign out of the organisation's sign-in too
 * @throws ApiError when the hub did not do it
 */
export async function leave(): Promise<string | undefined> {
  localStorage.setItem(KEPT, '1')
  try {
    const answer = await ask<{ signOut: string } | undefined>('DELETE', '/api/session')
    stay()
    tellTabs()
    return answer?.signOut
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) stay()
    throw error
  }
}
