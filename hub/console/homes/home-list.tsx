import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { HomeState } from './home-state.tsx'
import type { ListedHome } from './home-order.ts'

/** As high as a row mostly is, px; what it really is, is measured. */
const USUAL_HEIGHT = 53

/** Homes in a row each; only those that are seen are in the page, however many there are. `j` and `k` go along them. */
export function HomeList({ homes }: { readonly homes: readonly ListedHome[] }) {
  const { t } = useTranslation('homes')
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  /** The home that the keys are at; its place may change. */
  const [chosen, setChosen] = useState<string>()
  // oxlint-disable-next-line react/incompatible-library -- it changes its own functions; nothing here is memoized by hand.
  const rows = useWindowVirtualizer({
    count: homes.length,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: (index) => homes[index]?.id ?? index,
    overscan: 8,
    scrollMargin: top,
  })
  useLayoutEffect(() => {
    setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
  }, [])

  const move = (step: number) => {
    const at = homes.findIndex(({ id }) => id === chosen)
    const next = at < 0 ? 0 : Math.min(homes.length - 1, Math.max(0, at + step))
    setChosen(homes[next]?.id)
    rows.scrollToIndex(next, { align: 'auto' })
  }
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target instanceof Element ? event.target : undefined
      const isTyping = target?.closest('input, textarea, select, [role=dialog]')
      if (isTyping && !(event.key === 'ArrowDown' && target?.matches('input[type=search]'))) return
      if (event.key === 'j' || event.key === 'ArrowDown') move(1)
      else if (event.key === 'k' || event.key === 'ArrowUp') move(-1)
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
  useEffect(() => {
    if (chosen === undefined) return
    const link = list.current?.querySelector<HTMLElement>(`[data-home="${CSS.escape(chosen)}"] a`)
    link?.focus({ preventScroll: true })
    // What was far away is in the page only after the scrolling.
  }, [chosen, rows.range?.startIndex])

  return (
    <ul ref={list} className="home-list" aria-label={t('title')} style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, start, key }) => {
        const home = homes[index]
        if (!home) return undefined
        return (
          <li
            key={key}
            ref={rows.measureElement}
            data-index={index}
            data-home={home.id}
            aria-setsize={homes.length}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <Link href={`/homes/${encodeURIComponent(home.id)}`}>{home.name}</Link>
            <span className="muted home-area">{home.area}</span>
            <HomeState home={home} />
            <span className="muted home-sensors">{t('sensors', { count: home.sensors })}</span>
          </li>
        )
      })}
    </ul>
  )
}
