import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HandoverNote } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { useToast } from '../parts/toast.tsx'
import { useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'
import { useApi } from '../use-api.ts'
import { timeText } from './at.tsx'

/** What the shift before has to say, who has read it, and a place to write to the next one. */
export function Handover({ now }: { readonly now: number }) {
  const { t } = useTranslation('shift')
  const { person } = useSession()
  const answer = useApi<{ notes: readonly HandoverNote[] }>('/api/handover')
  const { busy, act } = useAct()
  const toast = useToast()
  const [text, setText] = useState('')

  const markRead = async (id: number): Promise<void> => {
    if (await act('POST', `/api/handover/${id}/reads`)) await answer.reload()
  }
  const handOver = async (): Promise<void> => {
    if (!(await act('POST', '/api/handover', { text }))) return
    setText('')
    toast(t('handedOver'))
    await answer.reload()
  }

  return (
    <section className="handover" aria-labelledby="handover">
      <h2 id="handover">{t('note')}</h2>
      <p className="not-printed muted">{t('noteNotPrinted')}</p>
      <Answered answer={answer}>
        {({ notes: [newest, ...earlier] }) => (
          <div className="named">
            {newest ? (
              <Note note={newest} now={now}>
                {newest.by !== person && !newest.readBy.some((one) => one.person === person) && (
                  <button
                    type="button"
                    className="primary"
                    disabled={busy}
                    onClick={() => void markRead(newest.id)}
                  >
                    {t('iHaveRead')}
                  </button>
                )}
              </Note>
            ) : (
              <p className="muted">{t('noNote')}</p>
            )}
            {earlier.length > 0 && (
              <details className="on-screen">
                <summary>{t('earlier', { count: earlier.length })}</summary>
                {earlier.map((note) => (
                  <Note key={note.id} note={note} now={now} />
                ))}
              </details>
            )}
          </div>
        )}
      </Answered>
      <form
        className="on-screen"
        onSubmit={(event) => {
          event.preventDefault()
          void handOver()
        }}
      >
        <label>
          <span>{t('write')}</span>
          <textarea
            rows={3}
            maxLength={4000}
            value={text}
            aria-describedby="write-how"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <p id="write-how" className="muted small">
          {t('writeHow')}
        </p>
        <button type="submit" disabled={busy || text.trim() === ''}>
          {t('handOver')}
        </button>
      </form>
    </section>
  )
}

interface NoteProps {
  readonly note: HandoverNote
  readonly now: number
  readonly children?: React.ReactNode
}

function Note({ note, now, children }: NoteProps) {
  const { t } = useTranslation('shift')
  const names = note.readBy.map(({ person, name, at }) => `${name ?? person} ${timeText(at, now)}`)
  return (
    <article className="note" data-unread={children ? true : undefined}>
      <p className="note-by">{t('noteBy', { who: note.byName ?? note.by, time: timeText(note.at, now) })}</p>
      <p className="note-text">{note.text}</p>
      <p className="muted small">
        {names.length > 0 ? t('readBy', { names: names.join(', ') }) : t('readByNobody')}
      </p>
      {children}
    </article>
  )
}
