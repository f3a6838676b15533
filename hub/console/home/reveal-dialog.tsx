import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../parts/dialog.tsx'

const REASONS = ['calling', 'visiting', 'contacts'] as const
const SHORTEST = 3

interface RevealDialogProps {
  readonly name: string
  readonly busy: boolean
  onClose(): void
  onReveal(reason: string): void
}

/** Asks why names and numbers are needed: one tap for the usual reasons, words for any other. */
export function RevealDialog({ name, busy, onClose, onReveal }: RevealDialogProps) {
  const { t } = useTranslation(['home', 'shared'])
  const [reason, setReason] = useState('')
  return (
    <Dialog title={t('revealTitle', { home: name })} description={t('revealHow')} onClose={onClose}>
      <div className="reasons">
        {REASONS.map((one) => (
          <button
            key={one}
            type="button"
            className="large"
            disabled={busy}
            onClick={() => onReveal(t(`reasons.${one}`))}
          >
            {t(`reasons.${one}`)}
          </button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onReveal(reason.trim())
        }}
      >
        <label className="field">
          {t('otherReason')}
          <input maxLength={300} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button type="submit" className="primary large" disabled={busy || reason.trim().length < SHORTEST}>
            {t('show')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
