import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../model/person.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useToast } from '../parts/toast.tsx'
import { useAct } from '../use-act.ts'
import { CauseForm } from './cause-form.tsx'
import { isWhole, PersonFields } from './person-fields.tsx'
import type { PersonChoice } from './person-fields.tsx'
import { ShownOnce } from './shown-once.tsx'

type Step = 'change' | 'forgotten' | 'remove' | { readonly link: string }

interface PersonDialogProps {
  readonly person: Person
  onClose(): void
  /** Something changed. */
  onDone(): void
}

/** Changes somebody, helps them sign in, or removes them. */
export function PersonDialog({ person, onClose, onDone }: PersonDialogProps) {
  const { t } = useTranslation(['people', 'shared'])
  const { act, busy } = useAct()
  const toast = useToast()
  const { id, name: before = '' } = person
  const who = before || id
  const [choice, setChoice] = useState<PersonChoice>({
    name: before,
    roles: person.roles,
    areas: person.areas,
  })
  const [step, setStep] = useState<Step>('change')
  const path = `/api/people/${encodeURIComponent(id)}`

  const save = async () => {
    const name = choice.name.trim()
    const body = { roles: choice.roles, areas: choice.areas, ...(name !== '' && { name }) }
    if (!(await act('PATCH', path, body))) return
    onDone()
    toast(t('saved'))
    onClose()
  }
  const makeLink = async () => {
    const made = await act<{ signIn: string }>('POST', `${path}/sign-in-link`)
    if (made) setStep({ link: made.signIn })
  }
  const remove = async (cause: string) => {
    // Nothing comes back; a refusal has been shown, and the list says the rest.
    await act('DELETE', path, undefined, cause)
    onDone()
    onClose()
  }
  const forget = async () => {
    await act('PUT', `${path}/password`, { password: null })
    onDone()
    await makeLink()
  }

  if (typeof step === 'object') {
    return (
      <Dialog title={t('linkTitle', { who })} description={t('linkHow', { who })} onClose={onClose}>
        <ShownOnce secret={step.link} label={t('linkTitle', { who })} onDone={onClose} />
      </Dialog>
    )
  }
  if (step === 'remove') {
    return (
      <Dialog title={t('removeWho', { who })} description={t('removeHow', { who, id })} onClose={onClose}>
        <CauseForm
          causes={['left', 'mistake', 'misuse', 'other']}
          act={t('removeWho', { who })}
          busy={busy}
          onAct={(cause) => void remove(cause)}
          onCancel={() => setStep('change')}
        />
      </Dialog>
    )
  }
  if (step === 'forgotten') {
    return (
      <Dialog title={t('forgotten')} description={t('forgottenHow', { who })} onClose={onClose}>
        <div className="buttons">
          <button type="button" className="large" onClick={() => setStep('change')}>
            {t('shared:cancel')}
          </button>
          <button type="button" className="primary large" disabled={busy} onClick={() => void forget()}>
            {t('makeLink')}
          </button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title={who} description={who === id ? '' : id} onClose={onClose}>
      <div className="row-acts">
        <button
          type="button"
          disabled={busy}
          onClick={() => (person.hasPassword ? setStep('forgotten') : void makeLink())}
        >
          {person.hasPassword ? t('forgotten') : t('makeLink')}
        </button>
        <button type="button" onClick={() => setStep('remove')}>
          {t('remove')}
        </button>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <PersonFields choice={choice} onChange={setChoice} />
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button type="submit" className="primary large" disabled={busy || !isWhole(choice)}>
            {t('save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
