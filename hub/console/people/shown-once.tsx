import { useState } from 'react'
import { useTranslation } from 'react-i18next'

interface ShownOnceProps {
  readonly secret: string
  readonly label: string
  onDone(): void
}

/** A secret that the hub tells this once: to copy, and then gone. */
export function ShownOnce({ secret, label, onDone }: ShownOnceProps) {
  const { t } = useTranslation('people')
  const [copied, setCopied] = useState(false)
  return (
    <>
      <div className="secret">
        <input
          aria-label={label}
          readOnly
          value={secret}
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
        <button
          type="button"
          className="primary"
          onClick={(event) => {
            const field = event.currentTarget.parentElement?.querySelector('input')
            const said = () => setCopied(true)
            // Over plain HTTP browsers have no clipboard: it is selected, for Ctrl C.
            if (navigator.clipboard)
              void navigator.clipboard.writeText(secret).then(said, () => field?.select())
            else field?.select()
          }}
        >
          {copied ? t('copied') : t('copy')}
        </button>
      </div>
      <div className="buttons">
        <button type="button" className="large" onClick={onDone}>
          {t('done')}
        </button>
      </div>
    </>
  )
}
