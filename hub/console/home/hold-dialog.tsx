import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleLine } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useAct } from '../use-act.ts'
import { useApi } from '../use-api.ts'
import { HoursAndWhy } from './hours-and-why.tsx'

/** At most 14 days; a hold always ends by itself. */
const HOURS = [2, 12, 24, 72, 168, 336]

interface HoldDialogProps {
  readonly home: string
  readonly name: string
  onClose(): void
  onDone(): void
}

/** Holds a rule for a home: which, how long, and why. Alarms cannot be held, and are not offered. */
export function HoldDialog({ home, name, onClose, onDone }: HoldDialogProps) {
  const { t } = useTranslation(['home', 'shared'])
  const { language } = useLanguage()
  const answer = useApi<{ readonly rules: readonly RuleLine[] }>('/api/rules')
  const { act, busy } = useAct()
  const [rule, setRule] = useState('')
  const [hours, setHours] = useState(24)
  const [why, setWhy] = useState('')
  const titleOf = ({ title, id }: RuleLine) => title[language] ?? title['en'] ?? id

  const hold = async () => {
    const path = `/api/homes/${encodeURIComponent(home)}/holds/${encodeURIComponent(rule)}`
    if (await act('PUT', path, { for: `${hours}h`, why: why.trim() })) onDone()
  }

  return (
    <Dialog title={t('holdTitle', { home: name })} description={t('holdHow')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void hold()
        }}
      >
        <Answered answer={answer}>
          {({ rules }) => (
            <label className="field">
              {t('holdRule')}
              <select value={rule} onChange={(event) => setRule(event.target.value)}>
                <option value="">{t('chooseRule')}</option>
                {rules
                  .filter(({ alarm }) => !alarm)
                  .toSorted((a, b) => titleOf(a).localeCompare(titleOf(b), language))
                  .map((one) => (
                    <option key={one.id} value={one.id}>
                      {titleOf(one)}
                    </option>
                  ))}
              </select>
            </label>
          )}
        </Answered>
        <HoursAndWhy choices={HOURS} hours={hours} onHours={setHours} why={why} onWhy={setWhy} />
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button type="submit" className="primary large" disabled={busy || rule === '' || why.trim() === ''}>
            {t('hold')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
