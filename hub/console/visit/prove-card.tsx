import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Visit, VisitSensorView } from '../../model/visit.ts'
import { Status } from '../parts/status.tsx'
import { AlarmCard } from './alarm-card.tsx'
import { ProveSensor } from './prove-sensor.tsx'
import { SensorFacts, SensorPlace, SensorWarnings } from './sensor-facts.tsx'
import { TestAnswers } from './test-answers.tsx'
import { ThumbBar } from './thumb-bar.tsx'
import type { VisitProps } from './visit-page.tsx'

/** Each sensor is proven, then the way of an alarm. */
export function ProveCard(props: VisitProps) {
  const { visit, go } = props
  const { t } = useTranslation('visit')
  // In between the alarm; `list` shows all of them.
  const [chosen, choose] = useState<string>()
  if (!visit || visit.finished) {
    return (
      <section className="visit-card">
        <p className="large">{t(props.sending.hasLink ? 'prove.notStarted' : 'prove.needsLink')}</p>
        <ThumbBar>
          <button type="button" className="primary large" onClick={() => go('home')}>
            {t('prove.toHome')}
          </button>
        </ThumbBar>
      </section>
    )
  }
  const sensor = visit.sensors.find((one) => one.sensor === chosen)
  if (chosen === 'alarm!') return <AlarmCard {...props} visit={visit} onBack={() => choose(undefined)} />
  if (sensor) {
    const next = nextUnproven(visit, sensor.sensor)
    return (
      <ProveSensor
        key={sensor.sensor}
        {...props}
        visit={visit}
        sensor={sensor}
        onBack={() => choose(undefined)}
        onNext={() => choose(next?.sensor)}
      />
    )
  }
  return <ProveList {...props} visit={visit} onChoose={choose} />
}

interface ProveListProps extends VisitProps {
  readonly visit: Visit
  onChoose(sensor: string): void
}

function ProveList({ visit, home, reload, go, onChoose }: ProveListProps) {
  const { t } = useTranslation('visit')
  const first = visit.sensors.find(({ state }) => state !== 'proven')
  const isAlarmDone = visit.alarm?.state === 'answered'
  const count = visit.sensors.filter(({ state }) => state === 'proven').length
  // What is next is where the list ends.
  useEffect(() => {
    window.scrollTo(0, 0)
  }, [])
  return (
    <section className="visit-card" aria-label={t('steps.prove')}>
      <p className="large">{t('prove.count', { count, all: visit.sensors.length })}</p>
      <ul className="visit-lines" aria-label={t('sensors.list')}>
        {visit.sensors.map((one) => (
          <li key={one.sensor}>
            <button type="button" className="line" onClick={() => onChoose(one.sensor)}>
              <b>{one.sensor}</b>
              <SensorPlace sensor={one} />
              <span className="facts">
                <SensorState sensor={one} />
                <SensorFacts sensor={one} />
              </span>
              <SensorWarnings of={one} />
            </button>
          </li>
        ))}
        <li>
          <button type="button" className="line" onClick={() => onChoose('alarm!')}>
            <b>{t('alarm.title')}</b>
            <span className="muted">{t('alarm.short')}</span>
            <Status tone={isAlarmDone ? 'well' : 'unknown'}>
              {t(isAlarmDone ? 'prove.proven' : 'prove.unproven')}
            </Status>
          </button>
        </li>
      </ul>
      <TestAnswers visit={visit} onAnswered={reload} />
      {home.sensors.length === 0 && <p className="muted">{t('sensors.none')}</p>}
      <ThumbBar>
        {first ? (
          <button type="button" className="primary large" onClick={() => onChoose(first.sensor)}>
            {t('prove.go', { sensor: first.sensor })}
          </button>
        ) : isAlarmDone ? (
          <button type="button" className="primary large" onClick={() => go('certificate')}>
            {t('next')}
          </button>
        ) : (
          <button type="button" className="primary large" onClick={() => onChoose('alarm!')}>
            {t('alarm.go')}
          </button>
        )}
      </ThumbBar>
    </section>
  )
}

function SensorState({ sensor: { state } }: { readonly sensor: VisitSensorView }) {
  const { t } = useTranslation('visit')
  if (state === 'proven') return <Status tone="well">{t('prove.proven')}</Status>
  return (
    <Status tone="unknown">
      {t(state === 'asked' ? 'prove.asked' : state === 'unproven' ? 'prove.unproven' : 'prove.notHeard')}
    </Status>
  )
}

function nextUnproven(visit: Visit, after: string): VisitSensorView | undefined {
  const at = visit.sensors.findIndex(({ sensor }) => sensor === after)
  const order = [...visit.sensors.slice(at + 1), ...visit.sensors.slice(0, at)]
  return order.find(({ state }) => state !== 'proven')
}
