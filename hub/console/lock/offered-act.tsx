import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { placeOf, titleOf } from '../board/alert-title.ts'
import { useHub } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useToast } from '../parts/toast.tsx'
import { useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'
import { nameAct, wordsIn } from './act-words.ts'
import { forgetAct, KEPT_FOR, keptAct } from './kept-act.ts'
import type { KeptAct } from './kept-act.ts'

interface OfferedActProps {
  /** It was done, or refused: what the page shows may be of before. */
  onTried(): void
}

/** After somebody had to sign in anew: what they were about to do, which they do or leave. Never done by itself. */
export function OfferedAct({ onTried }: OfferedActProps) {
  const { person, locked } = useSession()
  // Of before this page was loaded: what waits for the password in it goes on there.
  const [kept, setKept] = useState(() => keptAct(person, Date.now()))
  useEffect(() => {
    if (!kept) return
    const leave = () => {
      forgetAct()
      setKept(undefined)
    }
    const timer = setTimeout(leave, kept.at + KEPT_FOR - Date.now())
    return () => clearTimeout(timer)
  }, [kept])
  if (!kept || locked) return null
  return (
    <Offer
      kept={kept}
      onTried={onTried}
      onClose={() => {
        forgetAct()
        setKept(undefined)
      }}
    />
  )
}

interface OfferProps extends OfferedActProps {
  readonly kept: KeptAct
  onClose(): void
}

function Offer({ kept, onClose, onTried }: OfferProps) {
  const { t } = useTranslation(['lock', 'shared'])
  const { t: words } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const { alerts, beginAct } = useHub()
  const { act, busy } = useAct()
  const toast = useToast()
  const doIt = useRef<HTMLButtonElement>(null)
  const { method, path, body, why } = kept
  const { name, about = [] } = nameAct(method, path) ?? {}
  const alert = path.startsWith('/api/alerts/') ? alerts?.get(about[0] ?? '') : undefined
  const what = alert ? `${titleOf(alert, words, language)} · ${placeOf(alert, words)}` : about.join(' · ')
  const { cause } = (body ?? {}) as { readonly cause?: BoardAlert['cause'] }
  const written = [cause && t(`shared:causes.${cause}`), ...wordsIn(body)].filter(Boolean).join(' · ')

  const go = async () => {
    const answered = alert && beginAct(alert.id)
    const done = await act<{ alert?: BoardAlert }>(method, path, body, why)
    if (done?.alert) answered?.(done.alert)
    if (done) toast(t('actDone'))
    onClose()
    onTried()
  }
  return (
    <Dialog title={t('offered')} description={t('offeredWhy')} initialFocus={doIt} onClose={onClose}>
      <p className="offered-act">
        <b>{name === undefined ? method : t(`acts.${name}`)}</b> {what}
        {written !== '' && <q>{written}</q>}
      </p>
      {alert?.handling === 'resolved' && <p role="status">{t('offeredOver')}</p>}
      {alert?.handling === 'acknowledged' && alert.handledBy !== undefined && (
        <p role="status">
          {t('shared:takenBy', { who: alert.handledByName ?? alert.handledBy.replace(/^\w+:/, '') })}
        </p>
      )}
      <div className="buttons">
        <button type="button" className="large" onClick={onClose}>
          {t('leaveIt')}
        </button>
        <button
          ref={doIt}
          type="button"
          className="primary large"
          disabled={busy}
          // A key that is still held down from signing in is nobody's word.
          onKeyDown={(event) => event.repeat && event.preventDefault()}
          onClick={() => void go()}
        >
          {t('doIt')}
        </button>
      </div>
    </Dialog>
  )
}
