import { useTranslation } from 'react-i18next'
import type { VisitSensorView } from '../../model/visit.ts'

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
