import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'wouter'
import type { AlertStory, BoardAlert, HomePast, WholeAlert } from '../api-types.ts'
import { adviceOf, placeOf, titleOf, whoAndWhere } from '../board/alert-title.ts'
import { Acts } from '../board/acts.tsx'
import { EscalationLine } from '../board/escalation-line.tsx'
import { ResolveDialog } from '../board/resolve-dialog.tsx'
import { DayBands } from '../home/day-bands.tsx'
import { HomeNotes } from '../home/home-notes.tsx'
import { Vitals } from '../home/vitals.tsx'
import { useContact, useHub } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { useLock } from '../lock/lock.tsx'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { mayAct, useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'
import { useApi } from '../use-api.ts'
import { AlertEvents } from './alert-events.tsx'
import { AlertSentence } from './alert-sentence.tsx'
import { AlertWhy } from './alert-why.tsx'
import '../board/board.css'
import '../home/home.css'
import './alert.css'

const HOUR = 3_600_000
/** So much of the home's day is drawn before and after. */
const BEFORE_H = 4
const AFTER_H = 2
const OLDEST = 7 * 24 * HOUR

/** One alert: what to do, what happened, and why. */
export function AlertPage() {
  const { t } = useTranslation('alert')
  const { t: words } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const { id = '' } = useParams<{ id: string }>()
  const { now } = useContact()
  const path = `/api/alerts/${encodeURIComponent(id)}`
  const answer = useApi<WholeAlert>(path, {
    on: (event) => event.type === 'alerts' && event.alerts.some((one) => one.id === id),
  })
  const { roles, locked } = useSession()
  const story = useApi<AlertStory>(`${path}/story`)
  const alert = answer.data?.alert
  const noAdvice = ({ raisedBy }: BoardAlert) => t(raisedBy === undefined ? 'noAdvice' : 'noAdviceOfProgram')

  return (
    <>
      <PageHeader
        title={alert && titleOf(alert, words, language)}
        back={{ href: '/', text: t('back') }}
        {...(alert && { sentence: <AlertSentence alert={alert} /> })}
      />
      <Main className="home-page alert-page">
        <Answered answer={answer}>
          {(whole) => (
            <>
              <p className="alert-where">
                {whole.alert.home === undefined ? (
                  placeOf(whole.alert, words)
                ) : (
                  <Link href={`/homes/${encodeURIComponent(whole.alert.home)}`}>
                    {placeOf(whole.alert, words)}
                  </Link>
                )}{' '}
                <span className="muted">{whoAndWhere(whole.alert, words, language)}</span>
                {whole.alert.home !== undefined && roles.includes('operator') && !locked && (
                  <Link className="to-people" href={`/homes/${encodeURIComponent(whole.alert.home)}#people`}>
                    {t('people')}
                  </Link>
                )}
              </p>
              <section aria-labelledby="to-do" className="to-do">
                <h2 id="to-do">{t('whatToDo')}</h2>
                <p className="advice">{adviceOf(whole.alert, language) ?? noAdvice(whole.alert)}</p>
                <ToDo whole={whole} onChanged={answer.reload} />
                <EscalationLine alert={whole.alert} now={now} />
              </section>
              {whole.alert.home !== undefined && <HomeNotes home={whole.alert.home} readOnly />}
              <AlertEvents alert={whole.alert} events={whole.events} />
              {whole.alert.home !== undefined &&
                (locked ? <LockedAround /> : <Around alert={whole.alert} home={whole.alert.home} />)}
              <Answered answer={story}>{(known) => <AlertWhy alert={whole.alert} story={known} />}</Answered>
            </>
          )}
        </Answered>
      </Main>
    </>
  )
}

/** What a person does about it. */
function ToDo({ whole, onChanged }: { readonly whole: WholeAlert; onChanged(): Promise<void> }) {
  const { t } = useTranslation('alert')
  const session = useSession()
  const { person } = session
  const { beginAct } = useHub()
  const { act, busy } = useAct()
  const [resolving, setResolving] = useState(false)
  const { alert, people } = whole
  const change = async (what: string, body: object) => {
    const put = beginAct(alert.id)
    const path = `/api/alerts/${encodeURIComponent(alert.id)}/${what}`
    const answer = await act<{ alert: BoardAlert }>('POST', path, body)
    if (answer) {
      put(answer.alert)
      setResolving(false)
    }
    await onChanged()
    return answer !== undefined
  }
  if (alert.handling === 'resolved' || !mayAct(session)) return null
  return (
    <>
      <div className="main-acts">
        {alert.handling === 'new' && (
          <button
            type="button"
            className="primary large"
            disabled={busy}
            onClick={() => void change('acknowledge', {})}
          >
            {t('take')}
          </button>
        )}
        <button type="button" className="large" disabled={busy} onClick={() => setResolving(true)}>
          {t('resolve')}
        </button>
      </div>
      <Acts alert={alert} person={person} people={people} busy={busy} onAct={change} />
      {resolving && (
        <ResolveDialog
          alert={alert}
          busy={busy}
          onClose={() => setResolving(false)}
          onResolve={(cause, comment) =>
            void change('resolve', { cause, ...(comment.trim() && { comment: comment.trim() }) })
          }
        />
      )}
    </>
  )
}

/** On a locked screen: what else is known is a day in somebody's home. */
function LockedAround() {
  const { t } = useTranslation(['alert', 'lock'])
  const { unlocked } = useLock()
  return (
    <p className="locked-part">
      <span className="muted">{t('lockedPart')}</span>{' '}
      <button type="button" onClick={() => void unlocked()}>
        {t('lock:unlock')}
      </button>
    </p>
  )
}

/** What was sensed in the home before and after. */
function Around({ alert, home }: { readonly alert: BoardAlert; readonly home: string }) {
  const { t } = useTranslation('alert')
  // Fixed when the page opens: a picture that moves cannot be read.
  const [asked] = useState(() => Date.now())
  const until = Math.min(asked, alert.raisedAt + AFTER_H * HOUR)
  const isKept = asked - until < OLDEST
  if (!isKept) return <p className="muted">{t('tooOld')}</p>
  return (
    <KnownAround
      path={`/api/homes/${encodeURIComponent(home)}/past?hours=${BEFORE_H + AFTER_H}&until=${until}`}
    />
  )
}

function KnownAround({ path }: { readonly path: string }) {
  const { t } = useTranslation('alert')
  const answer = useApi<HomePast>(path)
  return (
    <Answered answer={answer}>
      {(past) => (
        <>
          <DayBands past={past} title={t('around')} />
          <Vitals past={past} />
        </>
      )}
    </Answered>
  )
}
