import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import './people.css'

/** Who may sign in, which programs may, and what all of them did. */
export function Sections() {
  const { t } = useTranslation('people')
  const [path] = useLocation()
  const sections = [
    { href: '/people', text: t('title') },
    { href: '/people/programs', text: t('programs') },
    { href: '/people/log', text: t('log') },
  ]
  return (
    <nav className="sections" aria-label={t('sections')}>
      {sections.map(({ href, text }) => (
        <Link key={href} href={href} aria-current={href === path ? 'page' : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  )
}
