import { useTranslation } from 'react-i18next'
import type { TrialCall, TrialResult } from '../api-types.ts'
import { Table } from '../parts/table.tsx'
import type { Column } from '../parts/table.tsx'
import { clockOrDay } from '../time.ts'
import type { Shift } from '../time.ts'

const DAY = 24 * 3_600_000
type Load = TrialResult['total']

/** What would have been other: how often, by which rule, in which home, and when. */
export function TrialOutcome({ result }: { readonly result: TrialResult }) {
  const { t } = useTranslation(['rules', 'shared'])
  const { from, to, total, busiest, added, removed, changed, rules, homes, moreHomes, onlyA, onlyB, faults } =
    result
  if (added.length + removed.length + changed.length === 0) return <p className="large">{t('nothingNew')}</p>
  const loads: readonly Column<Load>[] = [
    { head: t('before'), end: true, cell: ({ a }) => a },
    { head: t('after'), end: true, cell: ({ b }) => b },
    { head: t('more'), end: true, cell: ({ onlyB: more }) => (more > 0 ? `+${more}` : '') },
    { head: t('less'), end: true, cell: ({ onlyA: less }) => (less > 0 ? `−${less}` : '') },
  ]
  return (
    <>
      <p className="large">
        {total.onlyA + total.onlyB === 0
          ? t('sameCalls')
          : t('moreLess', { more: total.onlyB, less: total.onlyA, before: total.a, after: total.b })}
      </p>
      {busiest && (
        <p>
          {t('busiest', {
            day: busiest.day,
            shift: t(`shared:shift.${busiest.shift as Shift}`),
            before: busiest.a,
            after: busiest.b,
          })}
        </p>
      )}
      <p className="muted small">
        {t('lookedAt', { from: clockOrDay(from, from - DAY), to: clockOrDay(to, to - DAY) })}
        {t('how')}
      </p>
      {faults.length > 0 && (
        <div className="notice">
          <h3>{t('faults')}</h3>
          {faults.map((one) => (
            <p key={`${one.rule} ${one.home}`}>{t('fault', one)}</p>
          ))}
        </div>
      )}
      <div className="two">
        {rules.length > 0 && (
          <Table
            caption={t('byRule')}
            rows={rules}
            keyOf={({ rule }) => rule}
            columns={[{ head: t('rule'), cell: ({ rule }) => rule }, ...loads]}
          />
        )}
        {homes.length > 0 && (
          <div>
            <Table
              caption={t('byHome')}
              rows={homes}
              keyOf={({ home }) => home}
              columns={[{ head: t('home'), cell: ({ home }) => home }, ...loads]}
            />
            {moreHomes > 0 && <p className="muted">{t('moreHomes', { count: moreHomes })}</p>}
          </div>
        )}
      </div>
      {onlyA.length + onlyB.length > 0 && (
        <details>
          <summary>{t('only')}</summary>
          <div className="two">
            <Calls caption={t('onlyMore')} calls={onlyB} />
            <Calls caption={t('onlyLess')} calls={onlyA} />
          </div>
        </details>
      )}
    </>
  )
}

function Calls({ caption, calls }: { readonly caption: string; readonly calls: readonly TrialCall[] }) {
  const { t } = useTranslation('rules')
  if (calls.length === 0) return null
  return (
    <div>
      <h3>{caption}</h3>
      <Table
        caption={caption}
        rows={calls}
        keyOf={({ at, rule, home, area }) => `${at} ${rule} ${home} ${area}`}
        columns={[
          { head: t('when'), cell: ({ at }) => clockOrDay(at, at - DAY) },
          { head: t('rule'), cell: ({ rule }) => rule },
          { head: t('home'), cell: ({ home, area }) => home ?? area ?? '' },
        ]}
      />
    </div>
  )
}
