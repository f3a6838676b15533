import { useTranslation } from 'react-i18next'
import type { HomeCounts } from '../api-types.ts'
import { Tools } from '../frame/tools.tsx'
import { useContact } from '../hub-state.tsx'
import { shiftAt } from '../time.ts'

interface HeaderProps {
  readonly need: number
  readonly unanswered: number
  readonly homes: HomeCounts | undefined
}

/** One line: what needs a human, how many homes are watched, the time. */
export function Header({ need, unanswered, homes }: HeaderProps) {
  const { t } = useTranslation(['board', 'shared'])
  const { now } = useContact()
  return (
    <header className="board-header">
      <h1>{t('shared:product')}</h1>
      <span className="muted shift">{t(`shared:shift.${shiftAt(now).name}`)}</span>
      <p className={need > 0 ? 'need' : 'visually-hidden'} aria-live="polite">
        <b>{t('shared:needHuman', { count: need })}</b>
        {unanswered > 0 && <span className="count">{t('unansweredCount', { count: unanswered })}</span>}
      </p>
      {homes && homes.total > 0 && (
        <p className="homes muted">
          {t('protected', { count: homes.protected })}
          {homes.partly > 0 && <span className="unknown">{t('partly', { count: homes.partly })}</span>}
          {homes.not > 0 && <span className="unknown">{t('notProtected', { count: homes.not })}</span>}
        </p>
      )}
      <span className="spacer" />
      <Tools />
    </header>
  )
}
