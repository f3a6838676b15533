import type { ReactNode } from 'react'

export type RingState = 'idle' | 'waiting' | 'proven' | 'late' | 'failed'

interface RingProps {
  readonly state: RingState
  /** 0 to 1 of the time that there is. */
  readonly left?: number
  readonly children?: ReactNode
}

const ROUND = 2 * Math.PI * 46

/** Waits, turns full green with a check mark, or says that it waited too long: shape, word, colour. */
export function Ring({ state, left = 1, children }: RingProps) {
  return (
    <div className="ring" data-state={state}>
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle className="ground" cx="50" cy="50" r="46" />
        {state === 'waiting' && (
          <circle
            className="left"
            cx="50"
            cy="50"
            r="46"
            strokeDasharray={ROUND}
            strokeDashoffset={ROUND * (1 - left)}
            transform="rotate(-90 50 50)"
          />
        )}
        {state === 'proven' && <path className="sign" d="m29 52 14 14 29-31" />}
        {state === 'failed' && <path className="sign" d="m35 35 30 30m0-30-30 30" />}
      </svg>
      {state !== 'proven' && state !== 'failed' && <div className="ring-text">{children}</div>}
    </div>
  )
}
