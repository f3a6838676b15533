import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export type RemovalCause = 'left' | 'mistake' | 'misuse' | 'unused' | 'leaked' | 'other'

interface CauseFormProps {
  readonly causes: readonly RemovalCause[]
  /** What the button does, with whom. */
  readonly act: string
  readonly busy: boolean
  onAct(cause: RemovalCause): void
  onCancel(): void
}

/** What cannot be taken back is asked a reason for, which the audit log keeps. */
export function CauseForm({ causes, act, busy, onAct, onCancel }: CauseFormProps) {
  const { t } = useTranslation(['people', 'shared'])
  const [cause, setCause] = useState<RemovalCause>()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (cause) onAct(cause)
      }}
    >
      <fieldset className="segments">
        <legend>{t('why')}</legend>
        {causes.map((one) => (
          <label key={one}>
            <input type="radio" name="why" checked={cause === one} onChange={() => setCause(one)} />
            <span>{t(`causes.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <div className="buttons">
        <button type="button" className="large" onClick={onCancel}>
          {t('shared:cancel')}
        </button>
        <button type="submit" className="primary large" disabled={!cause || busy}>
          {act}
        </button>
      </div>
    </form>
  )
}
