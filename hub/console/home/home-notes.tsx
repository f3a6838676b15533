import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HomeNotes as Notes } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { When } from '../parts/when.tsx'
import { useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'
import { useApi } from '../use-api.ts'

interface HomeNotesProps {
  readonly home: string
  /** Only what stands there, and nothing where there is none: beside something else that one came for. */
  readonly readOnly?: true
}

/** What the centre knows of the home that no sensor tells. For operators: others are not asked for, and shown nothing. */
export function HomeNotes(props: HomeNotesProps) {
  const { roles, locked } = useSession()
  return roles.includes('operator') && !locked ? <KnownNotes {...props} /> : null
}

function KnownNotes({ home, readOnly }: HomeNotesProps) {
  const { t } = useTranslation('home')
  const path = `/api/homes/${encodeURIComponent(home)}/notes`
  const answer = useApi<Notes>(path)
  const { act, busy } = useAct()
  const [text, setText] = useState('')
  const [writing, setWriting] = useState(false)

  const write = async () => {
    const notes = await act<Notes>('POST', path, { text: text.trim() })
    if (!notes) return
    answer.put(notes)
    setText('')
    setWriting(false)
  }
  const remove = async (id: number) => {
    const notes = await act<Notes>('DELETE', `${path}/${id}`)
    if (notes) answer.put(notes)
  }

  if (readOnly && answer.data?.notes.length === 0) return null
  return (
    <section aria-labelledby="notes">
      <div className="section-line">
        <h2 id="notes">{t('notes')}</h2>
        {!readOnly && !writing && (
          <button type="button" onClick={() => setWriting(true)}>
            {t('writeNote')}
          </button>
        )}
      </div>
      <Answered answer={answer}>
        {({ notes }) => (
          <>
            {notes.length === 0 && !writing && <p className="muted">{t('noNotes')}</p>}
            <ul className="home-notes">
              {notes.map((note) => (
                <li key={note.id}>
                  <p className="note-text">{note.text}</p>
                  <p className="muted">
                    {note.byName ?? note.by} · <When at={note.at} />
                  </p>
                  {!readOnly && (
                    <button
                      type="button"
                      className="quiet"
                      disabled={busy}
                      aria-label={t('removeNoteOf', { text: note.text.slice(0, 40) })}
                      onClick={() => void remove(note.id)}
                    >
                      {t('removeNote')}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
      {writing && (
        <form
          className="write-note"
          onSubmit={(event) => {
            event.preventDefault()
            void write()
          }}
        >
          <label>
            {t('noteText')}
            <textarea
              rows={3}
              maxLength={1000}
              autoFocus
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <p className="muted">{t('noteHow')}</p>
          <div className="buttons">
            <button type="button" onClick={() => setWriting(false)}>
              {t('cancelNote')}
            </button>
            <button type="submit" className="primary" disabled={busy || text.trim() === ''}>
              {t('keepNote')}
            </button>
          </div>
        </form>
      )}
    </section>
  )
}
