import { useTranslation } from 'react-i18next'
import { useContact } from '../hub-state.tsx'
import { clock, clockOrDay, span } from '../time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface WhenProps {
  readonly at: number
  /** Of the home that it is about. */
  readonly timezone?: string | undefined
}

/** `4 min ago` up to an hour, then `03:12`, then `19.11. 03:12`; the whole time when one points at it. */
export function When({ at, timezone }: WhenProps) {
  const { t } = useTranslation()
  const { now } = useContact()
  const age = now - at
  const text =
    age < 0
      ? clockOrDay(at, now, timezone)
      : age < MINUTE
        ? t('justNow')
        : age < HOUR
          ? t('ago', { time: span(age) })
          : age < 12 * HOUR
            ? clock(at, timezone)
            : clockOrDay(at, at - 24 * HOUR, timezone)
  return (
    <time dateTime={new Date(at).toISOString()} title={clockOrDay(at, at - 24 * HOUR, timezone)}>
      {text}
    </time>
  )
}
