import type { BoardAlert, EscalationMessage } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
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
  const { words } = useLanguage()
  const { messages, next, outOfReach = [], passedOver = [] } = alert.escalation
  const open = alert.handling === 'new'
  const told = alert.category !== 'technical' && (alert.severity === 'high' || alert.severity === 'medium')
  if (messages.length === 0 && !next && !(open && told)) return null
  const earlier = messages.length - SHOWN
  return (
    <ol className="escalation">
      {earlier > 0 && <li>{words.earlier(earlier)}</li>}
      {messages.slice(-SHOWN).map((one) => (
        <li key={one.id} data-state={one.state} title={factsOf(one)}>
          <span aria-hidden="true" className="sign">
            {SIGNS[one.state]}
          </span>
          <span className="channel">{one.channel.toUpperCase()}</span> <b>{one.contact}</b>{' '}
          {words.message[one.state]} {clock(one.at, alert.timezone)}
          {one.notBy && <span className="answer">· {words.sentAgain(one.notBy.join(', '))}</span>}
          {one.others !== undefined && ` ${words.withOthers(one.others)}`}
          {one.answer && (
            <span className="answer">
              · {words.answered[one.answer.what]} {clock(one.answer.at, alert.timezone)}
            </span>
          )}
        </li>
      ))}
      {open && next && (
        <li data-state="next">
          {next.at > now ? words.nextIn(next.contact, countdown(next.at - now)) : words.nextNow(next.contact)}
        </li>
      )}
      {open && passedOver.length > 0 && <li className="muted">{words.passedOver(passedOver.join(', '))}</li>}
      {open && outOfReach.length > 0 && <li className="muted">{words.outOfReach(outOfReach.join(', '))}</li>}
      {open && !next && (
        <li data-state="next">
          {alert.held
            ? words.nobodyHeld
            : messages.length > 0
              ? words.nobodyNext
              : alert.test
                ? words.noInstaller
                : words.nobodyTold}
        </li>
      )}
    </ol>
  )

  /** Everything that is known about a message: queued, sent, delivered, answered; or why it failed. */
  function factsOf({ queuedAt, acceptedAt, deliveredAt, answer, error }: EscalationMessage): string {
    const facts = [
      [words.message.queued, queuedAt],
      [words.message.accepted, acceptedAt],
      [words.message.delivered, deliveredAt],
      [answer && words.answered[answer.what], answer?.at],
    ] as const
    const known = facts.flatMap(([what, at]) =>
      what === undefined || at === undefined ? [] : [`${what} ${clock(at, alert.timezone)}`],
    )
    return [...known, ...(error === undefined ? [] : [error])].join(' · ')
  }
}
