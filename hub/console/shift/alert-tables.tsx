import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { placeOf, titleOf } from '../board/alert-title.ts'
import type { ShiftAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import type { Column } from '../parts/table.tsx'
import { span } from '../time.ts'
import { roomName } from '../words/names.ts'
import { At } from './at.tsx'
import { HomeName, Named } from './home-name.tsx'

/** So many are shown at first; on paper all are. */
const SHOWN = 20

interface AlertsProps {
  readonly alerts: readonly ShiftAlert[]
  readonly now: number
}

/** What is not over: the first thing that the next shift must know. */
export function OpenAlerts({ alerts, now }: AlertsProps) {
  const { t } = useTranslation(['shift', 'shared'])
  const columns = useCommonColumns(now)
  if (alerts.length === 0) return <p className="muted">{t('noneOpen')}</p>
  return (
    <Table
      caption={t('stillOpen')}
      rows={alerts}
      keyOf={({ id }) => id}
      columns={[
        ...columns,
        {
          head: t('hasIt'),
          cell: (alert) =>
            alert.handledBy !== undefined && alert.handling === 'acknowledged' ? (
              <Named name={alert.handledByName} pseudonym={alert.handledBy} />
            ) : (
              <Status tone={alert.severity}>{t('shared:unanswered')}</Status>
            ),
        },
      ]}
    />
  )
}

/** What is over, how, and how long it took. */
export function EndedAlerts({ alerts, now }: AlertsProps) {
  const { t } = useTranslation(['shift', 'shared'])
  const columns = useCommonColumns(now)
  const [all, setAll] = useState(false)
  if (alerts.length === 0) return <p className="muted">{t('noneEnded')}</p>
  return (
    <div data-all={all || undefined} className="long">
      <Table
        caption={t('ended')}
        rows={alerts}
        keyOf={({ id }) => id}
        columns={[
          ...columns,
          { head: t('howEnded'), cell: (alert) => <HowEnded alert={alert} /> },
          {
            head: t('answered'),
            end: true,
            cell: ({ answer }) => (answer ? span(answer.after) : t('notAnswered')),
          },
        ]}
      />
      {!all && alerts.length > SHOWN && (
        <button type="button" className="on-screen" onClick={() => setAll(true)}>
          {t('showAll', { count: alerts.length })}
        </button>
      )}
    </div>
  )
}

function HowEnded({ alert }: { readonly alert: ShiftAlert }) {
  const { t } = useTranslation('shared')
  const { cause, handledBy, handledByName } = alert
  const by = handledBy === undefined || !handledBy.includes(':') ? undefined : handledBy
  return (
    <>
      {cause && t(`causes.${cause}`)}
      {by !== undefined && (
        <span className="muted">
          {' · '}
          <Named name={handledByName} pseudonym={by} />
        </span>
      )}
    </>
  )
}

function useCommonColumns(now: number): readonly Column<ShiftAlert>[] {
  const { t } = useTranslation(['board', 'shared'])
  const { t: own } = useTranslation('shift')
  const { language } = useLanguage()
  return [
    {
      head: own('alert'),
      cell: (alert) => (
        <Status tone={alert.severity}>
          <span className="severity-word">{t(`shared:severity.${alert.severity}`)}</span>{' '}
          {titleOf(alert, t, language)}
        </Status>
      ),
    },
    {
      head: own('home'),
      cell: (alert) => (
        <>
          {alert.home === undefined ? (
            placeOf(alert, t)
          ) : (
            <HomeName home={alert.home} label={alert.homeLabel} />
          )}
          {alert.room !== undefined && <span className="muted"> · {roomName(alert.room, language)}</span>}
        </>
      ),
    },
    {
      head: own('when'),
      cell: ({ raisedAt, timezone }) => <At at={raisedAt} now={now} timezone={timezone} />,
    },
  ]
}
