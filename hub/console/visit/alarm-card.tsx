import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmHow, Visit } from '../../model/visit.ts'
import { useContact } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { useAct } from '../use-act.ts'
import { clockSeconds, span } from '../time.ts'
import { AlarmLegs } from './alarm-legs.tsx'
import { Ring } from './ring.tsx'
import { TestAnswers } from './test-answers.tsx'
import { ThumbBar } from './thumb-bar.tsx'
import type { VisitProps } from './visit-page.tsx'

interface AlarmCardProps extends VisitProps {
  readonly visit: Visit
  onBack(): void
}

/** From a test fall to the answer on the installer's phone, with the seconds of each leg. */
export function AlarmCard({ home, visit, sending, onVisit, reload, onBack, go }: AlarmCardProps) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const { now } = useContact()
  const { act, busy } = useAct()
  const callers = visit.sensors.filter(({ alarm }) => alarm)
  const [how, setHow] = useState<string>(callers[0]?.sensor ?? 'hub!')
  const { alarm } = visit
  const waits = alarm?.state === 'waiting'
  const next = alarm?.legs.find(({ at }) => at === undefined)
  const isBlocked = visit.missing.some(({ code }) => code === 'unanswered-tests')
  const blocks = visit.missing.filter(({ code }) => code === 'no-installer' || code === 'maintenance-over')

  const begin = async () => {
    const body: { how: AlarmHow; sensor?: string } =
      how === 'hub!' ? { how: 'hub' } : { how: 'sensor', sensor: how }
    const path = `/api/homes/${encodeURIComponent(home.home)}/visit/alarm`
    const answered = await act<Visit>('POST', path, body)
    if (answered) onVisit(answered)
  }
  const state = !alarm ? 'idle' : alarm.state === 'answered' ? 'proven' : waits ? 'waiting' : 'failed'
  return (
    <section className="visit-card prove alarm" aria-label={t('alarm.title')}>
      <button type="button" className="quiet start" onClick={onBack}>
        <span aria-hidden="true">‹</span> {t('prove.all')}
      </button>
      <div role="status" className="prove-now">
        <h2>
          {!alarm
            ? t('alarm.title')
            : alarm.state === 'answered'
              ? t('alarm.works', { seconds: alarm.seconds ?? 0 })
              : waits
                ? t(`alarm.now.${next?.leg ?? 'answered'}`, { sensor: alarm.sensor ?? '' })
                : t('alarm.failed')}
        </h2>
        {alarm && <Ring state={state}>{span(now - alarm.startedAt)}</Ring>}
        {alarm?.reason && <p className="problem">{alarm.reason[language]}</p>}
      </div>
      {alarm ? <AlarmLegs legs={alarm.legs} timeOf={clockSeconds} /> : <p>{t('alarm.how')}</p>}
      {!waits && alarm?.state !== 'answered' && (
        <fieldset className="segments visit-choice">
          <legend>{t('alarm.who')}</legend>
          {[...callers.map(({ sensor }) => sensor), 'hub!'].map((one) => (
            <label key={one}>
              <input type="radio" name="how" checked={how === one} onChange={() => setHow(one)} />
              {one === 'hub!' ? t('alarm.byHub') : one}
            </label>
          ))}
        </fieldset>
      )}
      {blocks.map((one) => (
        <p key={one.code} className="notice">
          {one[language]}
        </p>
      ))}
      {!waits && <TestAnswers visit={visit} onAnswered={reload} />}
      {!sending.hasLink && <p className="notice">{t('prove.needsLink')}</p>}
      <ThumbBar>
        {alarm?.state === 'answered' ? (
          <>
            <button type="button" className="large" disabled={busy} onClick={() => void begin()}>
              {t('prove.again')}
            </button>
            <button type="button" className="primary large" onClick={() => go('certificate')}>
              {t('next')}
            </button>
          </>
        ) : blocks.length > 0 ? (
          <button type="button" className="primary large" onClick={() => go('home')}>
            {t('prove.toHome')}
          </button>
        ) : (
          <button
            type="button"
            className={waits ? 'large' : 'primary large'}
            disabled={busy || !sending.hasLink || (isBlocked && !waits)}
            onClick={() => void begin()}
          >
            {t(alarm ? 'alarm.again' : 'alarm.start')}
          </button>
        )}
      </ThumbBar>
    </section>
  )
}
