import { Toast } from '@base-ui/react/toast'
import { useCallback } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

const SHOWN_MS = 10_000

/** Where short answers of the hub appear: done, or refused. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider timeout={SHOWN_MS}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Toasts() {
  const { t } = useTranslation()
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast" swipeDirection={[]}>
      <Toast.Content>
        <Toast.Description />
        <Toast.Close aria-label={t('close')} className="quiet">
          ×
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}

/** Shows a sentence for a while; a problem is said at once to screen readers. */
export function useToast(): (text: string, sort?: 'done' | 'problem') => void {
  const { add } = Toast.useToastManager()
  return useCallback(
    (text, sort = 'done') =>
      void add({ description: text, type: sort, priority: sort === 'problem' ? 'high' : 'low' }),
    [add],
  )
}
