import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from './api.ts'
import { useToast } from './parts/toast.tsx'
import { useSession } from './session.tsx'

/** Changes something in the hub; a refusal is shown in the hub's words, and gives undefined. */
export function useAct(): {
  readonly busy: boolean
  act<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T | undefined>
} {
  const { t } = useTranslation()
  const { ended } = useSession()
  const toast = useToast()
  const [busy, setBusy] = useState(false)
  return {
    busy,
    async act<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) {
      setBusy(true)
      try {
        return await ask<T>(method, path, body)
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) ended()
        toast((error instanceof ApiError && error.message) || t('failed'), 'problem')
        return undefined
      } finally {
        setBusy(false)
      }
    },
  }
}
