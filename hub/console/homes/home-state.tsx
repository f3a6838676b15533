import { useTranslation } from 'react-i18next'
import { titleOf } from '../board/alert-title.ts'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { When } from '../parts/when.tsx'
import { homes } from '../words/en/homes.ts'
import { OUT_OF_SERVICE } from './home-order.ts'
import type { ListedHome } from './home-order.ts'

/** Those of which the page has words: what is only to be known makes no home less protected. */
const WHY = homes.why

const isOut = (state: ListedHome['protection']): state is (typeof OUT_OF_SERVICE)[number] =>
  OUT_OF_SERVICE.some((one) => one === state)

/** How a home is, in the fewest words that are honest: what needs somebody, else whether it is protected. */
export function HomeState({ home }: { readonly home: ListedHome }) {
  const { t } = useTranslation(['homes', 'shared'])
  const { t: ofBoard } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const { alert, open, worst = 'info', protection, why, silent = 0, sensors, holds = 0, until } = home
  const reason =
    why === 'sensor-silent'
      ? t('silent', { count: silent, all: sensors })
      : why !== undefined && why in WHY
        ? t(`why.${why as keyof typeof WHY}`)
        : ''
  const more = open - (alert ? 1 : 0)
  return (
    <span className="facts">
      {alert && (
        <Status tone={alert.severity}>
          <b>
            <span className="visually-hidden">{t(`shared:severity.${alert.severity}`)}: </span>
            {titleOf(alert, ofBoard, language)}
          </b>{' '}
          <span className="muted">
            <When at={alert.raisedAt} timezone={alert.timezone} />
            {alert.handling === 'acknowledged' &&
              ` · ${t('takenBy', { name: alert.handledByName ?? alert.handledBy ?? '' })}`}
          </span>
        </Status>
      )}
      {!alert && open > 0 && <Status tone={worst}>{t('openAlerts', { count: open })}</Status>}
      {alert && more > 0 && <span className="muted">{t('andMore', { count: more })}</span>}
      {protection === 'not' && <Status tone="unknown">{t('notBecause', { why: reason })}</Status>}
      {protection === 'partly' && <Status tone="unknown">{t('partlyBecause', { why: reason })}</Status>}
      {isOut(protection) && (
        <span className="muted">
          {t(`service.${protection}`)}
          {until !== undefined && (
            <>
              {' '}
              <When at={until} />
            </>
          )}
        </span>
      )}
      {protection === 'protected' && open === 0 && (
        <span className="muted">
          <Status tone="well">{t('protected')}</Status>
        </span>
      )}
      {holds > 0 && <span className="muted">{t('held', { count: holds })}</span>}
    </span>
  )
}
