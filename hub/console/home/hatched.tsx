import type { Span } from '../api-types.ts'
import { partOf, percent } from './part-of-day.ts'

interface HatchedProps {
  /** Of the pattern: no other on the page has it. */
  readonly id: string
  readonly unknown: readonly Span[]
  readonly of: Span
}

/** Draws where nobody can know, in an SVG. */
export function Hatched({ id, unknown, of }: HatchedProps) {
  return (
    <>
      <defs>
        <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" className="hatch-line" />
        </pattern>
      </defs>
      {unknown.map((one) => {
        const start = partOf(one.from, of)
        return (
          <rect
            key={`${one.from} ${one.to}`}
            x={percent(start)}
            width={percent(partOf(one.to, of) - start)}
            y="0"
            height="100%"
            fill={`url(#${id})`}
          />
        )
      })}
    </>
  )
}
