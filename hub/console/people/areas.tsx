import { useTranslation } from 'react-i18next'
import type { Areas } from '../../model/person.ts'
import type { HomeLine } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { useApi } from '../use-api.ts'

/** Which homes somebody sees, in words. */
export function AreasSay({ areas }: { readonly areas: Areas }) {
  const { t } = useTranslation('people')
  return <>{areas === 'all' ? t('allAreas') : areas.map((area) => area || t('noArea')).join(', ')}</>
}

interface AreaChoiceProps {
  readonly areas: Areas
  onChange(areas: Areas): void
}

/** All areas, or some of those that there are. */
export function AreaChoice({ areas, onChange }: AreaChoiceProps) {
  const { t } = useTranslation('people')
  return (
    <fieldset className="choice">
      <legend>{t('areas')}</legend>
      <div className="segments">
        {[true, false].map((all) => (
          <label key={String(all)}>
            <input
              type="radio"
              name="areas"
              checked={(areas === 'all') === all}
              onChange={() => onChange(all ? 'all' : [])}
            />
            <span>{all ? t('allAreas') : t('onlyAreas')}</span>
          </label>
        ))}
      </div>
      {areas !== 'all' && <SomeAreas areas={areas} onChange={onChange} />}
    </fieldset>
  )
}

function SomeAreas({ areas, onChange }: { readonly areas: readonly string[]; onChange(areas: Areas): void }) {
  const { t } = useTranslation('people')
  const answer = useApi<{ homes: readonly HomeLine[] }>('/api/homes/list')
  return (
    <>
      <p className="muted">{t('areasSay')}</p>
      <Answered answer={answer}>
        {({ homes }) => {
          // What somebody has already stays to be seen, even when no home is there any more.
          const known = new Set([...homes.map(({ area = '' }) => area), ...areas])
          const named = [...known].filter(Boolean).toSorted((a, b) => a.localeCompare(b, 'nb'))
          return (
            <div className="checks">
              {named.length === 0 && <p>{t('noAreas')}</p>}
              {[...named, ''].map((area) => (
                <label key={area} className="check">
                  <input
                    type="checkbox"
                    checked={areas.includes(area)}
                    onChange={({ target }) =>
                      onChange(target.checked ? [...areas, area] : areas.filter((one) => one !== area))
                    }
                  />
                  {area || t('noArea')}
                </label>
              ))}
            </div>
          )
        }}
      </Answered>
    </>
  )
}
