import { useTranslation } from 'react-i18next'
import { useContact, useHub } from '../hub-state.tsx'
import { clock, clockOrDay, span } from '../time.ts'

const DAY = 24 * 3_600_000

/** Says, calmly and for some hours, that the hub itself was away: an empty board was no good news then. */
export function AwayLine() {
  const { t } = useTranslation()
  const [newest, ...earlier] = useHub().away
  const { now } = useContact()
  if (!newest) return null
  // Away for days: the clock alone would say something else.
  const from = now - newest.from > DAY ? clockOrDay(newest.from, newest.from - DAY) : clock(newest.from)
  const until = clock(newest.until)
  return (
    <p role="status" className="was-away">
      {t('wasAway', {
        when: from === until ? t('awayAt', { from }) : t('awayFrom', { from, until }),
        time: span(newest.until - newest.from),
        more: t('awayMore', { count: earlier.length }),
      })}
    </p>
  )
}
