import { Dialog } from '@base-ui/react/dialog'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cause } from '../../model/alert.ts'
import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { placeOf, titleOf, whoAndWhere } from './alert-title.ts'

/** In the order of `CAUSES`; the number is its key. */
const CHOICES = ['real', 'false', 'test', 'pet', 'visitor', 'equipment', 'other'] as const satisfies Cause[]

export type ChosenCause = (typeof CHOICES)[number]

interface ResolveDialogProps {
  readonly alert: BoardAlert
  readonly busy: boolean
  onClose(): void
  onResolve(cause: ChosenCause, comment: string): void
}

/** Closing an alert asks what it was. */
export function ResolveDialog({ alert, busy, onClose, onResolve }: ResolveDialogProps) {
  const { t } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const [cause, setCause] = useState<ChosenCause>()
  const causes = useRef<HTMLFieldSetElement>(null)
  const [comment, setComment] = useState('')

  useLayoutEffect(() => {
    const choose = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLTextAreaElement) return
      const chosen = CHOICES[Number(event.key) - 1]
      if (!chosen) return
      setCause(chosen)
      causes.current?.querySelector<HTMLInputElement>(`[value=${chosen}]`)?.focus()
    }
    window.addEventListener('keydown', choose)
    return () => window.removeEventListener('keydown', choose)
  }, [])

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{t('resolving', { title: titleOf(alert, t, language) })}</Dialog.Title>
          <Dialog.Description className="muted">
            {[placeOf(alert, t), whoAndWhere(alert, t, language)].filter(Boolean).join(' · ')}
          </Dialog.Description>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (cause) onResolve(cause, comment)
            }}
          >
            <fieldset className="causes" ref={causes}>
              <legend>{t('chooseCause')}</legend>
              {CHOICES.map((choice, index) => (
                <label key={choice}>
                  <input
                    type="radio"
                    name="cause"
                    value={choice}
                    checked={cause === choice}
                    onChange={() => setCause(choice)}
                  />
                  <span>{t(`shared:causes.${choice}`)}</span>
                  <kbd>{index + 1}</kbd>
                </label>
              ))}
            </fieldset>
            <label className="field">
              {t('comment')}
              <textarea
                rows={2}
                maxLength={1000}
                value={comment}
                onChange={(event) => setComment(event.target.value)}
              />
            </label>
            <div className="buttons">
              <Dialog.Close className="large">{t('shared:cancel')}</Dialog.Close>
              <button type="submit" className="primary large" disabled={!cause || busy}>
                {cause ? t('resolveAs', { cause: t(`shared:causes.${cause}`) }) : t('resolve')}
              </button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
