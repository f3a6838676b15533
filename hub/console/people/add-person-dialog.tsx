import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../model/person.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useAct } from '../use-act.ts'
import { isWhole, PersonFields } from './person-fields.tsx'
import type { PersonChoice } from './person-fields.tsx'
import { ShownOnce } from './shown-once.tsx'
import { NameField } from './name-field.tsx'

interface AddPersonDialogProps {
  onClose(): void
  onDone(): void
}

/** Adds somebody, and shows the link with which they sign in for the first time. */
export function AddPersonDialog({ onClose, onDone }: AddPersonDialogProps) {
  const { t } = useTranslation(['people', 'shared'])
  const { act, busy } = useAct()
  const [id, setId] = useState('')
  const [choice, setChoice] = useState<PersonChoice>({ name: '', roles: ['operator'], areas: 'all' })
  const [link, setLink] = useState<string>()
  const who = choice.name.trim() || id

  const add = async () => {
    const name = choice.name.trim()
    const body = { ...choice, id, name: name === '' ? undefined : name }
    const added = await act<{ person: Person }>('POST', '/api/people', body)
    if (!added) return
    onDone()
    const made = await act<{ signIn: string }>('POST', `/api/people/${encodeURIComponent(id)}/sign-in-link`)
    if (made) setLink(made.signIn)
    else onClose()
  }

  if (link !== undefined) {
    return (
      <Dialog title={t('linkTitle', { who })} description={t('linkHow', { who })} onClose={onClose}>
        <ShownOnce secret={link} label={t('linkTitle', { who })} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <Dialog title={t('add')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <NameField label={t('id')} hint={t('idHow')} value={id} onChange={setId} />
        <PersonFields choice={choice} onChange={setChoice} />
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button type="submit" className="primary large" disabled={busy || id === '' || !isWhole(choice)}>
            {t('add')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
