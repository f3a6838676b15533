import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Phone } from '../api-types.ts'
import { clock } from '../time.ts'
import { useAct } from '../use-act.ts'
import { answerWords } from './answer-words.ts'

/** One contact's phone: the messages as bubbles, and a field to answer as that contact would. */
export function PhoneCard({ phone, onSent }: { phone: Phone; onSent: () => Promise<void> }) {
  const { t } = useTranslation('phone')
  const answers = answerWords(phone.language)
  const [text, setText] = useState('')
  const [note, setNote] = useState<string>()
  const { busy, act } = useAct()
  const thread = useRef<HTMLOListElement>(null)
  const codes = [...new Set(phone.messages.flatMap((one) => one.code ?? []))].slice(-2)

  const count = phone.messages.length
  useEffect(() => {
    if (count > 0) thread.current?.scrollTo({ top: thread.current.scrollHeight })
  }, [count])

  const send = async (answer: string) => {
    if (answer.trim() === '' || busy) return
    setNote(undefined)
    const path =
      phone.staff === undefined
        ? `/api/phone/${encodeURIComponent(phone.home ?? '')}/${encodeURIComponent(phone.contact ?? '')}`
        : `/api/staff/${encodeURIComponent(phone.staff)}/phone`
    const sent = await act<{ matched: boolean }>('POST', path, { text: answer })
    if (!sent) return
    setText('')
    if (!sent.matched) setNote(t('notMatched'))
    await onSent()
  }

  return (
    <article className="phone" aria-label={phone.name} {...(codes.length === 0 && { 'data-idle': '' })}>
      <header>
        <span className="avatar" aria-hidden="true">
          {[...phone.name][0]?.toUpperCase()}
        </span>
        <div>
          <h2>{phone.name}</h2>
          <p className="muted">{phone.homeLabel ?? phone.home ?? t('careCentre')}</p>
        </div>
      </header>
      <ol className="thread" ref={thread} tabIndex={0} aria-live="polite">
        {phone.messages.map((message, index) => (
          <li key={`${message.at} ${index}`} data-from={message.from}>
            <p lang={message.from === 'hub' ? phone.language : undefined}>{message.text}</p>
            <time>{clock(message.at, phone.timezone)}</time>
          </li>
        ))}
      </ol>
      <div className="answers">
        {codes.map((code) => (
          <div key={code} className="chips" lang={phone.language}>
            <button type="button" disabled={busy} onClick={() => void send(`1 ${code}`)}>
              <b>1 {code}</b> {answers.yes}
            </button>
            <button type="button" disabled={busy} onClick={() => void send(`2 ${code}`)}>
              <b>2 {code}</b> {answers.no}
            </button>
          </div>
        ))}
        {note !== undefined && (
          <p role="alert" className="note">
            {note}
          </p>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void send(text)
          }}
        >
          <input
            aria-label={t('answer')}
            placeholder={t('answer')}
            value={text}
            maxLength={480}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
          <button
            type="submit"
            className="primary"
            disabled={busy || text.trim() === ''}
            aria-label={t('send')}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 19V5m-6 6 6-6 6 6" />
            </svg>
          </button>
        </form>
      </div>
    </article>
  )
}
