import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardAlert, BoardPerson } from '../api-types.ts'

/**
 * What a person does about an alert beside taking and closing it: the last part of its address, and what goes with it.
 * @returns whether the hub has done it
 */
export type Act = (what: 'take-over' | 'hand-on' | 'comment' | 'attend', body: object) => Promise<boolean>

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
  const { t } = useTranslation('board')
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  if (alert.handling === 'resolved') return null
  const isMine = alert.handledBy === `operator:${person}`
  const isThere = alert.attendance?.what === 'arrived'
  // What was chosen or typed stays until the hub has it.
  const handOn = async () => {
    if (to !== '' && (await onAct('hand-on', { to }))) setTo('')
  }
  const addNote = async () => {
    if (note.trim() !== '' && (await onAct('comment', { text: note.trim() }))) setNote('')
  }

  return (
    <div className="acts">
      {alert.home !== undefined && !isThere && (
        <button
          type="button"
          disabled={busy}
          onClick={() => void onAct('attend', { what: alert.attendance ? 'arrived' : 'on-the-way' })}
        >
          {alert.attendance ? t('arrived') : t('onTheWay')}
        </button>
      )}
      {alert.handling === 'acknowledged' && !isMine && (
        <button type="button" disabled={busy} onClick={() => void onAct('take-over', {})}>
          {t('takeOver')}
        </button>
      )}
      {people.length > 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void handOn()
          }}
        >
          <select aria-label={t('handOnTo')} value={to} onChange={(event) => setTo(event.target.value)}>
            <option value="">{t('handOnTo')}</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <button type="submit" disabled={busy || to === ''}>
            {t('handOn')}
          </button>
        </form>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void addNote()
        }}
      >
        <input
          aria-label={t('note')}
          placeholder={t('note')}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <button type="submit" disabled={busy || note.trim() === ''}>
          {t('addNote')}
        </button>
      </form>
    </div>
  )
}
