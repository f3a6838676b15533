import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HomeDetail } from '../api-types.ts'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import { clock } from '../time.ts'
import { useAct } from '../use-act.ts'
import { ContactTable } from './contact-table.tsx'
import { RevealDialog } from './reveal-dialog.tsx'

/** So long names stay on a screen that somebody may have walked away from. */
const SHOWN_MS = 5 * 60_000

/** An address that ends so asks for the reason at once. */
const ASKED = '#people'

/** Who lives here and who is told: pseudonyms, until somebody says why they need the names. */
export function HomePeople({ home, name }: { readonly home: HomeDetail; readonly name: string }) {
  const { t } = useTranslation('home')
  const { roles, locked } = useSession()
  const { act, busy } = useAct()
  const [asking, setAsking] = useState(() => roles.includes('operator') && location.hash === ASKED)
  const section = useRef<HTMLElement>(null)
  const [revealed, setRevealed] = useState<{ readonly home: HomeDetail; readonly until: number }>()

  useEffect(() => {
    // Once: who loads the page again was not sent here.
    if (location.hash === ASKED) history.replaceState(null, '', location.pathname)
  }, [])
  useEffect(() => {
    if (!revealed) return
    section.current?.scrollIntoView({ block: 'nearest' })
    const timer = setTimeout(() => setRevealed(undefined), revealed.until - Date.now())
    return () => clearTimeout(timer)
  }, [revealed])
  // A locked screen has nobody's name on it, and unlocking it brings none back.
  if (revealed && locked) setRevealed(undefined)

  const reveal = async (reason: string) => {
    const path = `/api/homes/${encodeURIComponent(home.home)}/reveal`
    const answer = await act<HomeDetail>('POST', path, { reason })
    if (!answer) return
    setAsking(false)
    setRevealed({ home: answer, until: Date.now() + SHOWN_MS })
  }

  return (
    <section ref={section} aria-labelledby="people">
      <div className="section-line">
        <h2 id="people">{t('people')}</h2>
        {revealed ? (
          <button type="button" onClick={() => setRevealed(undefined)}>
            {t('hide')}
          </button>
        ) : (
          roles.includes('operator') && (
            <button type="button" onClick={() => setAsking(true)}>
              {t('reveal')}
            </button>
          )
        )}
      </div>
      {home.nobodyLeft !== undefined && (
        <p>
          <Status tone="medium">{t('nobodyLeft', { why: home.nobodyLeft })}</Status>
        </p>
      )}
      {revealed ? (
        <>
          <p className="muted">{t('hiddenAt', { time: clock(revealed.until) })}</p>
          <ul className="residents">
            {revealed.home.residents.map(({ id, name: resident }) => (
              <li key={id}>
                <b>{resident ?? id}</b> <span className="muted">{t('livesHere')}</span>
              </li>
            ))}
          </ul>
          <ContactTable home={revealed.home} />
        </>
      ) : (
        <p className="muted">
          {t('livingHere', { count: home.residents.length })} {t('toldHere', { count: home.contacts.length })}
        </p>
      )}
      {asking && (
        <RevealDialog
          name={name}
          busy={busy}
          onClose={() => setAsking(false)}
          onReveal={(why) => void reveal(why)}
        />
      )}
    </section>
  )
}
