import { Dialog } from '@base-ui/react/dialog'
import { useRef } from 'react'
import { LanguageButton, useLanguage } from '../language.tsx'

interface HelpDialogProps {
  readonly open: boolean
  readonly person: string
  onOpenChange(open: boolean): void
  onSignOut(): void
}

/** The keys, the language, and who is signed in. */
export function HelpDialog({ open, person, onOpenChange, onSignOut }: HelpDialogProps) {
  const { words } = useLanguage()
  const { keys } = words
  const close = useRef<HTMLButtonElement>(null)
  const rows = [
    ['j  k', keys.move],
    ['⏎', keys.take],
    ['r', keys.resolve],
    ['h', keys.history],
    ['?', keys.help],
  ]
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Trigger className="quiet icon" aria-label={words.help}>
        ?
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog" initialFocus={close}>
          <Dialog.Title>{words.help}</Dialog.Title>
          <dl className="keys">
            {rows.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <p>{words.keysHow}</p>
          <p className="muted">{words.signedInAs(person)}</p>
          <div className="buttons">
            <LanguageButton />
            <button type="button" className="quiet" onClick={onSignOut}>
              {words.signOut}
            </button>
            <Dialog.Close ref={close} className="large">
              {words.close}
            </Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
