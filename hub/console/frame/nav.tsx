import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { AREAS, maySee, PAGES } from '../pages.ts'
import type { Area } from '../pages.ts'
import { useNeed } from '../need.ts'
import { useSession } from '../session.tsx'

/** Lines only, as quiet as the words beside them. */
const ICONS: Readonly<Record<Area, string>> = {
  board: 'M4 6h16M4 12h16M4 18h10',
  visit: 'M9 5h6v3H9zM9 6H6v14h12V6h-3M9 14l2 2 4-4',
  homes: 'M4 11.5 12 5l8 6.5M6 10v9h12v-9M10 19v-5h4v5',
  shift: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4.5l3 2',
  rules: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  system: 'M3 12h4l2.5-6 4.5 12 2.5-6H21',
  people: 'M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM5 20c.6-4 3.4-6 7-6s6.4 2 7 6',
}

/** Where one can go: a quiet column at the desk, a row at the thumb on a phone, nothing on the wall. */
export function Nav() {
  const { t } = useTranslation()
  const session = useSession()
  const [path] = useLocation()
  const { waiting } = useNeed()
  const seen = PAGES.filter((entry) => maySee(entry, session).ok)
  const here = path === '/' ? 'board' : seen.find(({ area, path: own }) => area && isIn(path, own))?.area

  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <ul>
        {AREAS.flatMap((area) => {
          const first = seen.find((entry) => entry.area === area)
          return first === undefined
            ? []
            : [
                <li key={area}>
                  <Link href={first.path} aria-current={area === here ? 'page' : undefined}>
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                      <path d={ICONS[area]} />
                    </svg>
                    <span>{t(`nav.${area}`)}</span>
                    {area === 'board' && here !== 'board' && waiting > 0 && (
                      <b className="nav-count">
                        {waiting}
                        <span className="visually-hidden"> {t('needHuman', { count: waiting })}</span>
                      </b>
                    )}
                  </Link>
                </li>,
              ]
        })}
      </ul>
    </nav>
  )
}

/** `/homes/h1` is in `/homes/:id` and in `/homes`. */
function isIn(path: string, pattern: string): boolean {
  const parts = path.split('/')
  return pattern.split('/').every((part, index) => part.startsWith(':') || part === parts[index])
}
