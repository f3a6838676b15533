import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { HomePast, Vital } from '../api-types.ts'
import { clock } from '../time.ts'
import { dayText } from './days-of.ts'

const HEIGHT = 150
const SHARE = 0.12

type Stretch = Pick<HomePast, 'from' | 'to' | 'timezone'>

interface Curve extends Pick<Vital, 'points' | 'limits'> {
  /** How far it went around a point: time, lowest, highest. */
  readonly ranges?: readonly (readonly [number, number, number])[]
}

interface VitalCurveProps {
  readonly vital: Curve
  readonly past: Stretch
  /** When days begin, where the curve is by the day. */
  readonly days?: readonly number[]
  /** The newest value, for those who cannot see the curve. */
  readonly says: string
}

/** One curve; what lies beyond the person's limits is shaded. */
export function VitalCurve({ vital, past, days, says }: VitalCurveProps) {
  const place = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const element = place.current
    if (!element) return
    const draw = () => {
      const plot = new uPlot(optionsFor(element, vital, past, days), dataOf(vital), element)
      return plot
    }
    let plot = draw()
    const again = () => {
      plot.destroy()
      plot = draw()
    }
    // Colours are read once by a canvas: another theme needs another drawing.
    const theme = new MutationObserver(again)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    let width = element.clientWidth
    const size = new ResizeObserver(() => {
      if (element.clientWidth === width) return
      width = element.clientWidth
      again()
    })
    size.observe(element)
    return () => {
      theme.disconnect()
      size.disconnect()
      plot.destroy()
    }
  }, [vital, past, days])

  return <div ref={place} className="curve" role="img" aria-label={says} />
}

function dataOf({ points }: Curve): uPlot.AlignedData {
  return [points.map(([at]) => at / 1000), points.map(([, value]) => value)]
}

function optionsFor(
  element: HTMLElement,
  { points, limits, ranges = [] }: Curve,
  past: Stretch,
  days: readonly number[] | undefined,
): uPlot.Options {
  const colour = (name: string): string => getComputedStyle(element).getPropertyValue(name).trim()
  const [text, line, ink, alarm] = ['--muted', '--line', '--accent', '--medium'].map(colour)
  const size = Number.parseFloat(getComputedStyle(element).fontSize) * 0.8
  const font = `${size}px system-ui, sans-serif`
  const values = [
    ...points.map(([, value]) => value),
    ...ranges.flatMap(([, least, most]) => [least, most]),
    ...limits.map((one) => one.at),
  ]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const margin = Math.max((high - low) * SHARE, 1)
  const axis = { stroke: text ?? '', font, grid: { stroke: line ?? '', width: 1 }, ticks: { show: false } }
  return {
    width: element.clientWidth,
    height: HEIGHT * (size / 12.8),
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: [past.from / 1000, past.to / 1000] },
      y: { range: [low - margin, high + margin] },
    },
    axes: [
      {
        ...axis,
        size: size * 2,
        space: size * 5,
        ...(days && { splits: () => days.map((at) => at / 1000) }),
        values: (_plot, ticks) =>
          ticks.map((at) => (days ? dayText(at * 1000, past.timezone) : clock(at * 1000, past.timezone))),
      },
      { ...axis, size: size * 3.5, space: size * 2.5 },
    ],
    series: [
      {},
      {
        stroke: ink ?? '',
        width: 2,
        points: { show: true, size: 5, fill: ink ?? '' },
        // Nobody knows what was between two measurements that lie far apart.
        gaps: (_plot, _series, first, last) => gapsBetween(_plot, first, last, days ? DAY_APART_S : APART_S),
      },
    ],
    hooks: {
      drawClear: [
        (plot) => {
          const { ctx, bbox } = plot
          ctx.save()
          for (const { at, side } of limits) {
            const y = Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(at, 'y', true)))
            const [top, bottom] = side === 'low' ? [y, bbox.top + bbox.height] : [bbox.top, y]
            ctx.globalAlpha = 0.14
            ctx.fillStyle = alarm ?? ''
            ctx.fillRect(bbox.left, top, bbox.width, bottom - top)
            ctx.globalAlpha = 0.8
            ctx.fillRect(bbox.left, y - 0.5, bbox.width, devicePixelRatio)
          }
          ctx.globalAlpha = 0.3
          ctx.fillStyle = ink ?? ''
          for (const [at, least, most] of ranges) {
            const [x, low, high] = [
              plot.valToPos(at / 1000, 'x', true),
              plot.valToPos(least, 'y', true),
              plot.valToPos(most, 'y', true),
            ]
            const wide = Math.max(2, (bbox.width / Math.max(7, (past.to - past.from) / DAY)) * 0.4)
            ctx.fillRect(x - wide / 2, high, wide, Math.max(low - high, devicePixelRatio))
          }
          ctx.restore()
        },
      ],
    },
  }
}

/** So far apart that a line between would say more than anybody knows. */
const APART_S = 3 * 3600
const DAY_APART_S = 30 * 3600
const DAY = 24 * 3_600_000

function gapsBetween(plot: uPlot, first: number, last: number, apart: number): [number, number][] {
  const times = plot.data[0]
  const gaps: [number, number][] = []
  for (let index = first + 1; index <= last; index++) {
    const [before = 0, now = 0] = [times[index - 1], times[index]]
    if (now - before > apart) gaps.push([plot.valToPos(before, 'x', true), plot.valToPos(now, 'x', true)])
  }
  return gaps
}
