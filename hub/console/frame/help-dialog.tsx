import { Dialog } from '@base-ui/react/dialog'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { LanguageButton } from '../language.tsx'
import { PasswordDialog } from '../lock/password-dialog.tsx'
import { useSession } from '../session.tsx'
import { THEMES, useTheme } from '../theme.ts'
import { usePageKeys } from './page-keys.ts'

/** The keys of the page, the colours, the language, and who is signed in. */
export function HelpDialog() {
  const { t } = useTranslation(['shared', 'lock'])
  const { person, name = person, roles, phone, hasPassword, locked, locksAt, signOut } = useSession()
  const { theme, setTheme } = useTheme()
  const { keys, how } = usePageKeys()
  const [open, setOpen] = useState(false)
  const [setsPassword, setSetsPassword] = useState(false)
  const close = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : undefined
      if (event.key !== '?' || target?.closest('input, textarea, select, [role=dialog]')) return
      event.preventDefault()
      setOpen(true)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])

  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="quiet icon" aria-label={t('help')}>
        ?
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog" initialFocus={close}>
          <Dialog.Title>{t('help')}</Dialog.Title>
          <dl className="keys">
            {[
              ...keys,
              ...(locksAt === undefined || locked ? [] : [{ key: 'L', does: t('lock:lockNow') }]),
              { key: '?', does: t('helpKey') },
            ].map(({ key, does }) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          {how !== undefined && <p>{how}</p>}
          <fieldset className="segments">
            <legend>{t('theme')}</legend>
            {THEMES.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name="theme"
                  value={one}
                  checked={theme === one}
                  onChange={() => setTheme(one)}
                />
                <span>{t(`themes.${one}`)}</span>
              </label>
            ))}
          </fieldset>
          <p className="muted">
            {t('signedInAs', { who: name })}
            {!hasPassword && locksAt === undefined && <> · {t('lock:noPassword')}</>}
            {phone && roles.includes('operator') && (
              <>
                {' · '}
                <Link href="/phone" onClick={() => setOpen(false)}>
                  {t('nav.phones')}
                </Link>
              </>
            )}
          </p>
          <div className="buttons">
            <LanguageButton />
            {!locked && (
              <button
                type="button"
                className="quiet"
                onClick={() => {
                  setOpen(false)
                  setSetsPassword(true)
                }}
              >
                {hasPassword ? t('lock:changePassword') : t('lock:setPassword')}
              </button>
            )}
            <button type="button" className="quiet" onClick={signOut}>
              {t('signOut')}
            </button>
            <Dialog.Close ref={close} className="large">
              {t('close')}
            </Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
      {setsPassword && <PasswordDialog onClose={() => setSetsPassword(false)} />}
    </Dialog.Root>
  )
}
