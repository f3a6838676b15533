import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Visit, VisitLack } from '../../model/visit.ts'
import { send, ApiError } from '../api.ts'
import { useLanguage } from '../language.tsx'
import { useLock } from '../lock/lock.tsx'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import { CardForm } from './card-form.tsx'
import { Field } from './field.tsx'
import { forgetHome } from './kept.ts'
import { requestId } from './send-kept.ts'
import type { Step } from './steps.tsx'
import { TestAnswers } from './test-answers.tsx'
import { ThumbBar } from './thumb-bar.tsx'
import { useTyped } from './use-typed.ts'
import type { VisitProps } from './visit-page.tsx'

/** Where what is missing is done. */
const WHERE: Readonly<Record<VisitLack['code'], Step>> = {
  'no-sensors': 'sensors',
  unproven: 'prove',
  'not-heard': 'prove',
  'no-installer': 'home',
  'no-alarm': 'prove',
  'maintenance-over': 'home',
  'unanswered-tests': 'prove',
}

/** The end of the visit: what is missing, and the certificate. */
export function FinishCard({ home, visit, sending, reload, go }: VisitProps) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const { ended } = useSession()
  const { whenUnlocked } = useLock()
  const [, navigate] = useLocation()
  const { typed, type } = useTyped(`${home.home} finish`, { note: '', reason: '', request: '' })
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const waiting = sending.kept.acts.filter((one) => one.home === home.home).length
  const base = `/api/homes/${encodeURIComponent(home.home)}`
  const certificate = (id: string) =>
    `/homes/${encodeURIComponent(home.home)}/certificates/${encodeURIComponent(id)}`

  if (visit?.finished) {
    const { finished } = visit
    return (
      <section className="visit-card">
        <p className="large">{t('finish.done')}</p>
        <ThumbBar>
          <button type="button" className="large" onClick={() => go('home')}>
            {t('finish.anew')}
          </button>
          <button
            type="button"
            className="primary large"
            onClick={() => navigate(certificate(finished.certificate))}
          >
            {t('finish.show')}
          </button>
        </ThumbBar>
      </section>
    )
  }
  const missing = visit?.missing ?? []
  const isForced = missing.length > 0
  const finish = async () => {
    const note = (typed['note'] ?? '').trim()
    const reason = (typed['reason'] ?? '').trim()
    if (isForced && reason === '') return setWrong(t('finish.needsReason'))
    setBusy(true)
    setWrong(undefined)
    // The same request until it is answered: a lost answer makes no second certificate.
    const request = typed['request'] || requestId()
    type({ request })
    const body = { ...(note !== '' && { note }), ...(isForced && { force: { reason } }) }
    try {
      const done = await whenUnlocked(() =>
        send<Visit>('POST', `${base}/visit/finish`, body, { 'idempotency-key': request }),
      )
      if (!done) return
      forgetHome(home.home)
      const id = done.finished?.certificate ?? (done as { certificate?: string }).certificate
      if (id === undefined) reload()
      else navigate(certificate(id))
    } catch (error) {
      const { status, message } = error instanceof ApiError ? error : new ApiError(0, '')
      if (status === 401) ended()
      // What is said now is another request.
      if (status !== 0) type({ request: '' })
      setWrong(status === 0 ? t('finish.noLink') : message)
      reload()
    } finally {
      setBusy(false)
    }
  }
  return (
    <CardForm onSubmit={() => void finish()}>
      {!visit && <p className="large">{t('prove.notStarted')}</p>}
      {visit && !isForced && (
        <p className="large">
          <Status tone="well">{t('finish.ready')}</Status>
        </p>
      )}
      {isForced && (
        <>
          <h2>{t('finish.missing', { count: missing.length })}</h2>
          <ul className="visit-lines" aria-label={t('finish.missing', { count: missing.length })}>
            {missing
              .filter(({ code }) => code !== 'unanswered-tests')
              .map((one) => (
                <li key={`${one.code} ${one.sensor}`}>
                  <button type="button" className="line" onClick={() => go(WHERE[one.code])}>
                    <Status tone="medium">{one[language]}</Status>
                  </button>
                </li>
              ))}
          </ul>
        </>
      )}
      {visit && <TestAnswers visit={visit} onAnswered={reload} />}
      {waiting > 0 && <p className="notice">{t('finish.kept', { count: waiting })}</p>}
      {visit && (
        <Field
          label={t('finish.note')}
          value={typed['note'] ?? ''}
          onChange={(note) => type({ note, request: '' })}
        />
      )}
      {visit && isForced && (
        <Field
          label={t('finish.reason')}
          hint={t('finish.reasonHow')}
          value={typed['reason'] ?? ''}
          onChange={(reason) => {
            type({ reason, request: '' })
            setWrong(undefined)
          }}
        />
      )}
      {wrong !== undefined && (
        <p role="alert" className="problem">
          {wrong}
        </p>
      )}
      {!sending.hasLink && <p className="notice">{t('finish.noLink')}</p>}
      <ThumbBar>
        <button
          type="submit"
          className={isForced ? 'large' : 'primary large'}
          disabled={!visit || busy || waiting > 0 || !sending.hasLink}
        >
          {t(busy ? 'finish.making' : isForced ? 'finish.force' : 'finish.make')}
        </button>
      </ThumbBar>
    </CardForm>
  )
}
