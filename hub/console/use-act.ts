import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from './api.ts'
import type { Method } from './api.ts'
import { nameAct } from './lock/act-words.ts'
import { forgetAct, keepAct } from './lock/kept-act.ts'
import { useLock } from './lock/lock.tsx'
import { useToast } from './parts/toast.tsx'
import { useSession } from './session.tsx'

type Change = Exclude<Method, 'GET'>

/**
 * Changes something in the hub; a refusal is shown in the hub's words, and gives undefined. On a locked screen the
 * password is asked for first, and the change goes on then; whoever has to sign in anew is asked whether they still want it.
 */
export function useAct(): {
  readonly busy: boolean
  act<T>(method: Change, path: string, body?: unknown, why?: string): Promise<T | undefined>
} {
  const { t } = useTranslation()
  const { person, ended } = useSession()
  const { whenUnlocked } = useLock()
  const toast = useToast()
  const [busy, setBusy] = useState(false)
  return {
    busy,
    async act<T>(method: Change, path: string, body?: unknown, why?: string) {
      setBusy(true)
      // For who has to go to their organisation's sign-in, which takes the page with it.
      const keep = () => {
        if (!nameAct(method, path)) return
        const given = { ...(body !== undefined && { body }), ...(why !== undefined && { why }) }
        keepAct({ person, method, path, ...given, at: Date.now() })
      }
      try {
        return await whenUnlocked(() => ask<T>(method, path, body, why), { begin: keep, end: forgetAct })
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          keep()
          ended()
          return undefined
        }
        toast((error instanceof ApiError && error.message) || t('unsure'), 'problem')
        return undefined
      } finally {
        setBusy(false)
      }
    },
  }
}
