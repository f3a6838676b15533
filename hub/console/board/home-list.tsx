import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { clock } from '../time.ts'

/** The homes of an area alert, folded away, in the order in which to look after them. */
export function HomeList({ alert }: { alert: BoardAlert }) {
  const { t } = useTranslation('board')
  const { homes = [], homeCount = homes.length, detail } = alert
  const more = homeCount - homes.length
  const { most = homeCount } = detail
  return (
    <details className="homes">
      <summary>
        {[t('byRisk', { count: homeCount }), most > homeCount && t('atMost', { count: most })]
          .filter(Boolean)
          .join(' · ')}
      </summary>
      <ol>
        {homes.map(({ home, label, since, risk }) => (
          <li key={home}>
            <span className="home">{label ?? home}</span>
            {risk !== undefined && <span className="chip">{t('risk', { risk })}</span>}
            <time className="muted" dateTime={new Date(since).toISOString()}>
              {clock(since, alert.timezone)}
            </time>
          </li>
        ))}
        {more > 0 && <li className="muted">{t('moreHomes', { count: more })}</li>}
      </ol>
    </details>
  )
}
