import { useTranslation } from 'react-i18next'
import type { HomePast } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'
import { kindName } from '../words/names.ts'
import { VitalCurve } from './vital-curve.tsx'
import { limitsText, numberText } from './vital-text.ts'

/** What was measured of the people who live there, each in the person's own limits. */
export function Vitals({ past }: { readonly past: HomePast }) {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  if (past.vitals.length === 0) return null
  return (
    <section aria-labelledby="vitals">
      <h2 id="vitals">{t('vitals')}</h2>
      <div className="vitals">
        {past.vitals.map((vital) => {
          const [at = 0, value = 0] = vital.points.at(-1) ?? []
          const shown = numberText(value)
          return (
            <figure key={`${vital.kind} ${vital.resident}`}>
              <figcaption>
                <span>
                  {kindName(vital.kind, language)}
                  {past.vitals.filter((one) => one.kind === vital.kind).length > 1 && ` · ${vital.resident}`}
                </span>
                <b>
                  {shown} {vital.unit}
                </b>
                <span className="muted">
                  {clock(at, past.timezone)}
                  {vital.limits.length > 0 && ` · ${t('limits', { limits: limitsText(vital.limits) })}`}
                </span>
              </figcaption>
              <VitalCurve
                vital={vital}
                past={past}
                says={t('vitalSays', {
                  what: kindName(vital.kind, language),
                  value: `${shown} ${vital.unit ?? ''}`,
                  time: clock(at, past.timezone),
                })}
              />
            </figure>
          )
        })}
      </div>
    </section>
  )
}
