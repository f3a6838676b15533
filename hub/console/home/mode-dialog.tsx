import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Mode } from '../../model/input.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useAct } from '../use-act.ts'
import { HoursAndWhy } from './hours-and-why.tsx'

const MODES = ['away', 'maintenance', 'carer'] as const satisfies Mode[]

/** How long each may be chosen; maintenance ends after 4 h at the latest. */
const LENGTHS: Readonly<Record<Mode, readonly number[]>> = {
  away: [4, 24, 72, 168, 336],
  maintenance: [1, 2, 4],
  carer: [1, 2, 4, 12],
}

interface ModeDialogProps {
  readonly home: string
  readonly name: string
  onClose(): void
  onDone(): void
}

/** Says something about a home for a while: what, how long, and why. */
export function ModeDialog({ home, name, onClose, onDone }: ModeDialogProps) {
  const { t } = useTranslation(['home', 'shared'])
  const { act, busy } = useAct()
  const [mode, setMode] = useState<Mode>('away')
  const [hours, setHours] = useState(24)
  const [why, setWhy] = useState('')

  const set = async () => {
    const body = { for: `${hours}h`, ...(why.trim() !== '' && { why: why.trim() }) }
    const done = await act('PUT', `/api/homes/${encodeURIComponent(home)}/modes/${mode}`, body)
    if (done) onDone()
  }

  return (
    <Dialog title={t('modeTitle', { home: name })} description={t('modeHow')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void set()
        }}
      >
        <fieldset className="segments">
          <legend className="visually-hidden">{t('setMode')}</legend>
          {MODES.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="mode"
                value={one}
                checked={mode === one}
                onChange={() => {
                  setMode(one)
                  setHours(LENGTHS[one][1] ?? 1)
                }}
              />
              <span>{t(`modeWhat.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        <HoursAndWhy choices={LENGTHS[mode]} hours={hours} onHours={setHours} why={why} onWhy={setWhy} />
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button type="submit" className="primary large" disabled={busy}>
            {t('set')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
