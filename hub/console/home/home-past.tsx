import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HomePast as Past } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import type { Answer } from '../use-api.ts'
import { DayBands } from './day-bands.tsx'
import { Overview } from './overview.tsx'
import { Vitals } from './vitals.tsx'

const SPANS = ['day', 'week', 'month'] as const
type Span = (typeof SPANS)[number]

/** What the home was like: each hour of the last day, or a calmer look at more of them. */
export function HomePast({ home, day }: { readonly home: string; readonly day: Answer<Past> }) {
  const { t } = useTranslation('home')
  const [span, setSpan] = useState<Span>('day')
  return (
    <>
      <fieldset className="segments past-spans">
        <legend className="visually-hidden">{t('spansOf')}</legend>
        {SPANS.map((one) => (
          <label key={one}>
            <input type="radio" name="past" checked={span === one} onChange={() => setSpan(one)} />
            <span>{t(`spans.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      {span === 'day' ? (
        <Answered answer={day}>
          {(past) => (
            <>
              <DayBands past={past} />
              <Vitals past={past} />
            </>
          )}
        </Answered>
      ) : (
        <Overview home={home} days={span === 'week' ? 7 : 30} />
      )}
    </>
  )
}
