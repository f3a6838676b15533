import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clockOrDay } from '../time.ts'

/** What people have said about the home for a while: `maintenance until 14:30`, `held until 16:00: at the hospital`. */
export function ModeChips({ alert, now }: { alert: BoardAlert; now: number }) {
  const { words } = useLanguage()
  const { modes = [], hold, otherHolds = 0 } = alert
  if (modes.length === 0 && !hold && !alert.held && otherHolds === 0) return null
  return (
    <span className="modes">
      {(hold ?? alert.held) && (
        <span className="chip held">
          {hold ? words.heldUntil(clockOrDay(hold.until, now, alert.timezone), hold.why) : words.wasHeld}
        </span>
      )}
      {otherHolds > 0 && <span className="chip">{words.otherHolds(otherHolds)}</span>}
      {modes.map(({ mode, until }) => (
        <span key={mode} className="chip">
          {words.modes[mode]}
          {until !== undefined && ` ${words.until(clockOrDay(until, now, alert.timezone))}`}
        </span>
      ))}
    </span>
  )
}
