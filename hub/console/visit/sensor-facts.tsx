import { useTranslation } from 'react-i18next'
import type { VisitSensorView } from '../../model/visit.ts'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { roomName } from '../words/names.ts'

/** How well it is heard, and how long its battery lasts, in words with the figure. */
export function SensorFacts({ sensor: { signal, battery } }: { readonly sensor: VisitSensorView }) {
  const { t } = useTranslation('visit')
  return (
    <>
      {signal !== undefined && (
        <span>
          {t('facts.signal', {
            word: t(signal >= 50 ? 'facts.good' : signal >= 20 ? 'facts.fair' : 'facts.weak'),
            signal,
          })}
        </span>
      )}
      {battery !== undefined && (
        <span>
          {t('facts.battery', {
            word: t(battery > 40 ? 'facts.good' : battery > 15 ? 'facts.fair' : 'facts.low'),
            battery,
          })}
        </span>
      )}
    </>
  )
}

interface SensorPlaceProps {
  readonly sensor: Pick<VisitSensorView, 'title' | 'room' | 'roomName' | 'address'>
  readonly withAddress?: boolean
}

/** What it is and where it hangs. */
export function SensorPlace({ sensor, withAddress = false }: SensorPlaceProps) {
  const { language } = useLanguage()
  const { title, room, roomName: named, address } = sensor
  const place = [title[language], named ?? (room && roomName(room, language)), withAddress && address]
  return <span className="muted">{place.filter(Boolean).join(' · ')}</span>
}

/** What is not as it should be with it, though it works. */
export function SensorWarnings({ of }: { readonly of: Pick<VisitSensorView, 'warnings'> }) {
  const { language } = useLanguage()
  return of.warnings.map((warning) => (
    <Status key={warning.code} tone="medium">
      {warning[language]}
    </Status>
  ))
}
