import { useState } from 'react'
import type { BoardAlert, BoardPerson } from '../api-types.ts'
import { useLanguage } from '../language.tsx'

/** What a person does about an alert beside taking and closing it: the last part of its address, and what goes with it. */
export type Act = (what: 'take-over' | 'hand-on' | 'comment' | 'attend', body: object) => void

interface ActsProps {
  readonly alert: BoardAlert
  readonly person: string
  /** Who may be asked to take it. */
  readonly people: readonly BoardPerson[]
  readonly busy: boolean
  readonly onAct: Act
}

/** In the open row of an alert: go there, take over, hand on, leave a note. */
export function Acts({ alert, person, people, busy, onAct }: ActsProps) {
  const { words } = useLanguage()
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  if (alert.handling === 'resolved') return null
  const isMine = alert.handledBy === `operator:${person}`
  const isThere = alert.attendance?.what === 'arrived'

  return (
    <div className="acts">
      {alert.home !== undefined && !isThere && (
        <button
          type="button"
          disabled={busy}
          onClick={() => onAct('attend', { what: alert.attendance ? 'arrived' : 'on-the-way' })}
        >
          {alert.attendance ? words.arrived : words.onTheWay}
        </button>
      )}
      {alert.handling === 'acknowledged' && !isMine && (
        <button type="button" disabled={busy} onClick={() => onAct('take-over', {})}>
          {words.takeOver}
        </button>
      )}
      {people.length > 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (to !== '') onAct('hand-on', { to })
            setTo('')
          }}
        >
          <select aria-label={words.handOnTo} value={to} onChange={(event) => setTo(event.target.value)}>
            <option value="">{words.handOnTo}</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <button type="submit" disabled={busy || to === ''}>
            {words.handOn}
          </button>
        </form>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (note.trim() !== '') onAct('comment', { text: note.trim() })
          setNote('')
        }}
      >
        <input
          aria-label={words.note}
          placeholder={words.note}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <button type="submit" disabled={busy || note.trim() === ''}>
          {words.addNote}
        </button>
      </form>
    </div>
  )
}
