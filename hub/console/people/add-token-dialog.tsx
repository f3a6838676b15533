import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SCOPES } from './roles.ts'
import type { Areas, Scope } from '../../model/person.ts'
import { useLanguage } from '../language.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useAct } from '../use-act.ts'
import { scopeName } from '../words/names.ts'
import { AreaChoice } from './areas.tsx'
import { ShownOnce } from './shown-once.tsx'
import { NameField } from './name-field.tsx'

interface AddTokenDialogProps {
  onClose(): void
  onDone(): void
}

/** Makes a token for a program, and shows it once. */
export function AddTokenDialog({ onClose, onDone }: AddTokenDialogProps) {
  const { t } = useTranslation(['people', 'shared'])
  const { language } = useLanguage()
  const { act, busy } = useAct()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>([])
  const [areas, setAreas] = useState<Areas>('all')
  const [token, setToken] = useState<string>()

  const make = async () => {
    const made = await act<{ token: string }>('POST', '/api/tokens', { name, scopes, areas })
    if (!made) return
    onDone()
    setToken(made.token)
  }

  if (token !== undefined) {
    return (
      <Dialog title={t('tokenTitle', { name })} onClose={onClose}>
        <p className="muted">
          {t('tokenHow', { name })} <code>Authorization: Bearer aal_…</code>
        </p>
        <ShownOnce secret={token} label={t('tokenTitle', { name })} onDone={onClose} />
      </Dialog>
    )
  }
  return (
    <Dialog title={t('addToken')} description={t('scopesHow')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <NameField label={t('tokenName')} hint={t('tokenNameHow')} value={name} onChange={setName} />
        <fieldset className="choice">
          <legend>{t('roles')}</legend>
          <div className="checks">
            {SCOPES.map((scope) => (
              <label key={scope} className="check">
                <input
                  type="checkbox"
                  checked={scopes.includes(scope)}
                  onChange={({ target }) =>
                    setScopes(target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
                  }
                />
                <span>
                  {scopeName(scope, language)} <code className="muted">{scope}</code>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <AreaChoice areas={areas} onChange={setAreas} />
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button
            type="submit"
            className="primary large"
            disabled={busy || name === '' || scopes.length === 0 || areas.length === 0}
          >
            {t('addToken')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
