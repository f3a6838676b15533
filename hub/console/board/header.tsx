import type { ReactNode } from 'react'
import type { HomeCounts } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clockSeconds, shiftAt } from '../time.ts'
import type { SoundState } from './sound.ts'

interface HeaderProps {
  readonly now: number
  readonly need: number
  readonly unanswered: number
  /** The times of some home are not those of this clock. */
  readonly isElsewhere: boolean
  readonly homes: HomeCounts | undefined
  readonly sound: SoundState
  onSound(): void
  readonly children: ReactNode
}

/** One line: what needs a human, how many homes are watched, the time. */
export function Header({ now, need, unanswered, isElsewhere, homes, sound, onSound, children }: HeaderProps) {
  const { words } = useLanguage()
  const without = homes ? homes.total - homes.reachable : 0
  return (
    <header className="board-header">
      <h1>AAL hub</h1>
      <span className="muted shift">{words.shift[shiftAt(now).name]}</span>
      <p className={need > 0 ? 'need' : 'visually-hidden'} aria-live="polite">
        <b>{words.needHuman(need)}</b>
        {unanswered > 0 && <span className="count">{words.unansweredCount(unanswered)}</span>}
      </p>
      {homes && homes.total > 0 && (
        <p className="homes muted">
          {words.connected(homes.reachable)}
          {without > 0 && <span className="unknown">{words.notConnected(without)}</span>}
        </p>
      )}
      <span className="spacer" />
      <time className="clock">
        {clockSeconds(now)}
        {isElsewhere && <span className="here"> {words.here}</span>}
      </time>
      <button
        type="button"
        className="quiet sound"
        data-sound={sound}
        aria-pressed={sound !== 'off'}
        title={words.sound[sound]}
        onClick={onSound}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5Z" className="body" />
          {sound === 'on' ? (
            <path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />
          ) : (
            <path d="m15.5 9.5 5 5m0-5-5 5" />
          )}
        </svg>
        <span className="label">{words.sound[sound]}</span>
      </button>
      {children}
    </header>
  )
}
