import type { ReactNode } from 'react'

/** `well` has no colour; `unknown` is hatched; the others are severities. */
export type Tone = 'well' | 'unknown' | 'info' | 'low' | 'medium' | 'high'

const SHAPES: Readonly<Record<Exclude<Tone, 'unknown'>, string>> = {
  well: 'm5 12.5 4.5 4.5L19 7.5',
  info: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z',
  low: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z',
  medium: 'M12 2.5 21.5 12 12 21.5 2.5 12Z',
  high: 'M12 3.5 22 20.5H2Z',
}

/** How something is, in three ways: shape, word, colour. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className="status" data-tone={tone}>
      {tone === 'unknown' ? (
        <span className="hatch" aria-hidden="true" />
      ) : (
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={SHAPES[tone]} />
        </svg>
      )}
      <span>{children}</span>
    </span>
  )
}
