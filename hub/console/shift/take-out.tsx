import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shift } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'

/** Out of the hub, as a file or on paper: with pseudonyms, unless somebody says otherwise. */
export function TakeOut({ shift, again }: { readonly shift: Shift; again(): void }) {
  const { t } = useTranslation('shift')
  const { language } = useLanguage()
  const { roles } = useSession()
  const { busy, act } = useAct()
  const [names, setNames] = useState(false)
  const query = new URLSearchParams({
    from: String(shift.from),
    names: String(names),
    language,
    // What a spreadsheet expects where the comma is for decimals.
    separator: language === 'nb' ? 'semicolon' : 'comma',
  })

  const print = async (): Promise<void> => {
    const noted = await act<{ names: boolean }>('POST', '/api/shift/prints', { from: shift.from, names })
    if (noted === undefined) return
    if (names) document.documentElement.dataset['print'] = 'names'
    window.addEventListener('afterprint', () => delete document.documentElement.dataset['print'], {
      once: true,
    })
    window.print()
  }

  return (
    <div className="take-out">
      <button type="button" onClick={again}>
        {t('update')}
      </button>
      <a className="button" href={`/api/shift.csv?${query.toString()}`} download>
        {t('csv')}
      </a>
      <button type="button" disabled={busy} onClick={() => void print()}>
        {t('print')}
      </button>
      {roles.includes('operator') && (
        <label className="check">
          <input type="checkbox" checked={names} onChange={(event) => setNames(event.target.checked)} />
          {t('withNames')}
        </label>
      )}
      <p className="muted small">{t('exportHow')}</p>
    </div>
  )
}
