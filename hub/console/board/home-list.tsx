import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'

/** The homes of an area alert, folded away, in the order in which to look after them. */
export function HomeList({ alert }: { alert: BoardAlert }) {
  const { words } = useLanguage()
  const { homes = [], homeCount = homes.length, detail } = alert
  const more = homeCount - homes.length
  return (
    <details className="homes">
      <summary>{words.byRisk(homeCount, detail.most ?? homeCount)}</summary>
      <ol>
        {homes.map(({ home, label, since, risk }) => (
          <li key={home}>
            <span className="home">{label ?? home}</span>
            {risk !== undefined && <span className="chip">{words.risk(risk)}</span>}
            <time className="muted" dateTime={new Date(since).toISOString()}>
              {clock(since, alert.timezone)}
            </time>
          </li>
        ))}
        {more > 0 && <li className="muted">{words.moreHomes(more)}</li>}
      </ol>
    </details>
  )
}
