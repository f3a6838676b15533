import { useTranslation } from 'react-i18next'
import { Status } from '../parts/status.tsx'
import type { AreaCounts, Counts } from './home-order.ts'

interface AreaListProps {
  readonly areas: readonly AreaCounts[]
  readonly all: Counts
  readonly chosen: string | undefined
  readonly onChoose: (area: string | undefined) => void
}

/** How it is in each area, those that need somebody first; choosing one shows its homes alone. */
export function AreaList({ areas, all, chosen, onChoose }: AreaListProps) {
  const { t } = useTranslation(['homes', 'shared'])
  return (
    <details className="areas" open={matchMedia('(min-width: 64rem)').matches}>
      <summary>
        {chosen === undefined ? t('areas') : t('areaChosen', { area: chosen || t('shared:noArea') })}
      </summary>
      <ul>
        <Area
          name={t('allAreas')}
          counts={{ ...all, ...(areas[0]?.worst && { worst: areas[0].worst }) }}
          isChosen={chosen === undefined}
          onChoose={() => onChoose(undefined)}
        />
        {areas.map((one) => (
          <Area
            key={one.area}
            name={one.area || t('shared:noArea')}
            counts={one}
            isChosen={chosen === one.area}
            onChoose={() => onChoose(chosen === one.area ? undefined : one.area)}
          />
        ))}
      </ul>
    </details>
  )
}

interface AreaProps {
  readonly name: string
  readonly counts: Counts & Pick<AreaCounts, 'worst'>
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Area({ name, counts, isChosen, onChoose }: AreaProps) {
  const { t } = useTranslation('homes')
  const { all, need, not, worst = 'info' } = counts
  return (
    <li>
      <button type="button" className="area" aria-pressed={isChosen} onClick={onChoose}>
        <span className="area-name">{name}</span>
        <span className="area-all">{t('homes', { count: all })}</span>
        {(need > 0 || not > 0) && (
          <span className="area-facts">
            {need > 0 && <Status tone={worst}>{t('need', { count: need })}</Status>}
            {not > 0 && <Status tone="unknown">{t('not', { count: not })}</Status>}
          </span>
        )}
      </button>
    </li>
  )
}
