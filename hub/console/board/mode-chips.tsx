import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clockOrDay } from '../time.ts'

/** What people have said about the home for a while: `maintenance until 14:30`. */
export function ModeChips({ alert, now }: { alert: BoardAlert; now: number }) {
  const { words } = useLanguage()
  if (!alert.modes) return null
  return (
    <span className="modes">
      {alert.modes.map(({ mode, until }) => (
        <span key={mode} className="chip">
          {words.modes[mode]}
          {until !== undefined && ` ${words.until(clockOrDay(until, now, alert.timezone))}`}
        </span>
      ))}
    </span>
  )
}
