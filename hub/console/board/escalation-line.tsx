import { useTranslation } from 'react-i18next'
import type { BoardAlert, EscalationMessage } from '../api-types.ts'
import { clock, countdown } from '../time.ts'

const SIGNS: Readonly<Record<EscalationMessage['state'], string>> = {
  gathered: '○',
  queued: '○',
  accepted: '✓',
  delivered: '✓✓',
  failed: '✕',
  cancelled: '–',
}

/** Contacts are told round after round: the newest say how it stands. */
const SHOWN = 4

/** Who was told, what became of it, and what comes next: `SMS Anne delivered 03:12 ─▶ Per in 40 s`. */
export function EscalationLine({ alert, now }: { alert: BoardAlert; now: number }) {
  const { t } = useTranslation(['board', 'shared'])
  const { messages, next, outOfReach = [], passedOver = [], allStopped, unwatchedAt } = alert.escalation
  const open = alert.handling === 'new'
  const told = alert.category !== 'technical' && (alert.severity === 'high' || alert.severity === 'medium')
  if (messages.length === 0 && !next && !(open && told)) return null
  const earlier = messages.length - SHOWN
  return (
    <ol className="escalation">
      {earlier > 0 && <li>{t('earlier', { count: earlier })}</li>}
      {messages.slice(-SHOWN).map((one) => (
        <li key={one.id} data-state={one.state} title={factsOf(one)}>
          <span aria-hidden="true" className="sign">
            {SIGNS[one.state]}
          </span>
          <span className="channel">{one.channel.toUpperCase()}</span> <b>{one.contact}</b>{' '}
          {t(`shared:message.${one.state}`)} {clock(one.at, alert.timezone)}
          {one.notBy && (
            <span className="answer">· {t('sentAgain', { channels: one.notBy.join(', ') })}</span>
          )}
          {one.others !== undefined && ` ${t('withOthers', { count: one.others })}`}
          {one.answer && (
            <span className="answer">
              · {t(`shared:answered.${one.answer.what}`)} {clock(one.answer.at, alert.timezone)}
            </span>
          )}
        </li>
      ))}
      {open && next && (
        <li data-state="next">
          {next.at > now
            ? t('nextIn', { who: next.contact ?? t('nextStep'), time: countdown(next.at - now) })
            : t('nextNow', { who: next.contact ?? t('nextStep') })}
        </li>
      )}
      {open && unwatchedAt !== undefined && (
        <li className="muted">{t('unwatched', { time: clock(unwatchedAt, alert.timezone) })}</li>
      )}
      {open && passedOver.length > 0 && (
        <li className="muted">{t('passedOver', { names: passedOver.join(', ') })}</li>
      )}
      {open && outOfReach.length > 0 && (
        <li className="muted">{t('outOfReach', { names: outOfReach.join(', ') })}</li>
      )}
      {open && !next && (
        <li data-state="next">
          {alert.held
            ? t('nobodyHeld')
            : messages.length > 0
              ? t('nobodyNext')
              : alert.test
                ? t('noInstaller')
                : alert.home === undefined
                  ? t('noStaff')
                  : t(allStopped ? 'allStopped' : 'nobodyTold')}
        </li>
      )}
    </ol>
  )

  /** Everything that is known about a message: queued, sent, delivered, answered; or why it failed. */
  function factsOf({ queuedAt, acceptedAt, deliveredAt, answer, error }: EscalationMessage): string {
    const facts = [
      [t('shared:message.queued'), queuedAt],
      [t('shared:message.accepted'), acceptedAt],
      [t('shared:message.delivered'), deliveredAt],
      [answer && t(`shared:answered.${answer.what}`), answer?.at],
    ] as const
    const known = facts.flatMap(([what, at]) =>
      what === undefined || at === undefined ? [] : [`${what} ${clock(at, alert.timezone)}`],
    )
    return [...known, ...(error === undefined ? [] : [error])].join(' · ')
  }
}
