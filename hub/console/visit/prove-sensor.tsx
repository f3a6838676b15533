import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Visit, VisitSensorView } from '../../model/visit.ts'
import type { Value } from '../../model/reading.ts'
import { useContact } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { useAct } from '../use-act.ts'
import { countdown } from '../time.ts'
import { NotHeardHelp } from './not-heard-help.tsx'
import { Ring } from './ring.tsx'
import { sayValue } from './say-value.ts'
import { SensorFacts, SensorPlace } from './sensor-facts.tsx'
import { ThumbBar } from './thumb-bar.tsx'
import type { VisitProps } from './visit-page.tsx'

/** So long one waits before it is said what to try. */
const WAIT_MS = 120_000
/** So long one is glad. */
const GLAD_MS = 1800

interface ProveSensorProps extends VisitProps {
  readonly visit: Visit
  readonly sensor: VisitSensorView
  onBack(): void
  onNext(): void
}

/** One sensor: what to do now, and whether the hub has heard it. */
export function ProveSensor({
  home,
  visit,
  sensor,
  sending,
  onVisit,
  reload,
  onBack,
  onNext,
}: ProveSensorProps) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const { now } = useContact()
  const { act, busy } = useAct()
  const open = sensor.steps.findIndex(({ provenAt }) => provenAt === undefined)
  const step = sensor.steps[open]
  const isHeardOnly = sensor.steps.length === 0
  const isDone = sensor.state === 'proven'
  const [since] = useState(now)
  const askedAt = isHeardOnly ? since : step?.provenAt === undefined ? step?.askedAt : undefined
  const waits = !isDone && askedAt !== undefined
  const waited = askedAt === undefined ? 0 : Math.max(0, now - askedAt)
  const glad = useGlad(sensor)

  const ask = async (number: number) => {
    const answered = await act<Visit>('POST', `/api/homes/${encodeURIComponent(home.home)}/visit/proofs`, {
      sensor: sensor.sensor,
      step: number,
    })
    if (answered) onVisit(answered)
  }
  // Within a sensor the next step comes by itself: one stands beside it.
  const asked = useRef(-1)
  const follows = !glad && open > 0 && step?.askedAt === undefined && sending.hasLink
  useEffect(() => {
    if (!follows || asked.current === open) return
    asked.current = open
    void ask(open)
  })
  // And the next sensor, once one has seen that this one works.
  const goes = useRef(onNext)
  useEffect(() => {
    goes.current = onNext
  })
  useEffect(() => {
    if (!glad || !isDone) return
    const timer = setTimeout(() => goes.current(), GLAD_MS)
    return () => clearTimeout(timer)
  }, [glad, isDone])

  const shown = glad ?? (isDone ? lastProven(sensor) : undefined)
  const state = shown ? 'proven' : waits ? (waited > WAIT_MS ? 'late' : 'waiting') : 'idle'
  const title = step ? step.ask[language] : t('prove.waitToHear')
  return (
    <section className="visit-card prove" aria-label={sensor.sensor}>
      <p className="prove-line">
        <button type="button" className="quiet" onClick={onBack}>
          <span aria-hidden="true">‹</span> {t('prove.all')}
        </button>
        {sensor.steps.length > 1 && (
          <span className="muted">
            {t('prove.step', {
              number: (open < 0 ? sensor.steps.length - 1 : open) + 1,
              count: sensor.steps.length,
            })}
          </span>
        )}
      </p>
      <p className="prove-where">
        <b>{sensor.sensor}</b>
        <SensorPlace sensor={sensor} />
      </p>
      <div role="status" className="prove-now">
        <h2>{shown ? t('prove.works') : title}</h2>
        <Ring state={state} left={Math.max(0, 1 - waited / WAIT_MS)}>
          {waits
            ? state === 'late'
              ? t('prove.late')
              : t('prove.left', { time: countdown(WAIT_MS - waited) })
            : t('prove.ready')}
        </Ring>
        {shown && (
          <p className="prove-value">
            {shown.kind === undefined ? t('prove.heard') : sayValue(shown.kind, shown.value, language)}
          </p>
        )}
        {(shown ?? sensor.heardAt) !== undefined && (
          <p className="facts">
            <SensorFacts sensor={sensor} />
          </p>
        )}
        {isHeardOnly && !shown && <p>{sensor.nothing?.[language] ?? t('prove.nothing')}</p>}
      </div>
      {!sending.hasLink && <p className="notice">{t('prove.needsLink')}</p>}
      {sensor.warnings.map((warning) => (
        <p key={warning.code} className="notice">
          {warning[language]}
        </p>
      ))}
      {!shown && (waits || sensor.state === 'nothing-to-prove') && (
        <NotHeardHelp
          home={home}
          sensor={sensor}
          sending={sending}
          isLate={state === 'late'}
          onChanged={reload}
        />
      )}
      <ThumbBar>
        {shown ? (
          <>
            <button
              type="button"
              className="large"
              disabled={!sending.hasLink || isHeardOnly}
              onClick={() => void ask(0)}
            >
              {t('prove.again')}
            </button>
            <button type="button" className="primary large" onClick={onNext}>
              {t(visit.sensors.some((one) => one.state !== 'proven') ? 'prove.nextSensor' : 'next')}
            </button>
          </>
        ) : (
          <>
            <button type="button" className="large" onClick={onNext}>
              {t('prove.skip')}
            </button>
            {!isHeardOnly && (
              <button
                type="button"
                className={waits && state !== 'late' ? 'large' : 'primary large'}
                disabled={busy || !sending.hasLink}
                onClick={() => void ask(open)}
              >
                {t(waits ? 'prove.again' : 'prove.start')}
              </button>
            )}
          </>
        )}
      </ThumbBar>
    </section>
  )
}

interface Proven {
  readonly kind?: string
  readonly value?: Value
}

/** What was proven just now, for a moment; and the phone says so to the hand that holds it. */
function useGlad(sensor: VisitSensorView): Proven | undefined {
  const proven = sensor.steps.filter(({ provenAt }) => provenAt !== undefined).length
  const count = sensor.steps.length === 0 ? Number(sensor.state === 'proven') : proven
  const before = useRef(count)
  const [glad, setGlad] = useState<Proven>()
  useEffect(() => {
    const isNew = count > before.current
    before.current = count
    if (!isNew) return
    setGlad(lastProven(sensor) ?? {})
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) navigator.vibrate?.(120)
    // oxlint-disable-next-line react/exhaustive-deps -- what is shown is how it was then.
  }, [count])
  useEffect(() => {
    if (!glad) return
    const timer = setTimeout(() => setGlad(undefined), GLAD_MS)
    return () => clearTimeout(timer)
  }, [glad])
  return glad
}

function lastProven(sensor: VisitSensorView): Proven | undefined {
  const [last] = sensor.steps
    .filter(({ provenAt }) => provenAt !== undefined)
    .toSorted((a, b) => (b.provenAt ?? 0) - (a.provenAt ?? 0))
  if (!last) return sensor.state === 'proven' ? {} : undefined
  return { kind: last.expect.kind, ...(last.value !== undefined && { value: last.value }) }
}
