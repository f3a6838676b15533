import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { clockOrDay } from '../time.ts'

/** What people have said about the home for a while: `maintenance until 14:30`, `held until 16:00: at the hospital`. */
export function ModeChips({ alert, now }: { alert: BoardAlert; now: number }) {
  const { t } = useTranslation(['board', 'shared'])
  const { modes = [], hold, otherHolds = 0 } = alert
  if (modes.length === 0 && !hold && !alert.held && otherHolds === 0) return null
  return (
    <span className="modes">
      {(hold ?? alert.held) && (
        <span className="chip held">
          {hold ? heldUntil(clockOrDay(hold.until, now, alert.timezone), hold.why) : t('wasHeld')}
        </span>
      )}
      {otherHolds > 0 && <span className="chip">{t('otherHolds', { count: otherHolds })}</span>}
      {modes.map(({ mode, until }) => (
        <span key={mode} className="chip">
          {t(`shared:modes.${mode}`)}
          {until !== undefined && ` ${t('shared:until', { time: clockOrDay(until, now, alert.timezone) })}`}
        </span>
      ))}
    </span>
  )

  function heldUntil(time: string, why: string | undefined): string {
    return why === undefined ? t('heldUntil', { time }) : t('heldUntilWhy', { time, why })
  }
}
