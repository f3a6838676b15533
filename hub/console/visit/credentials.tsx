import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Status } from '../parts/status.tsx'
import { QrCode } from './qr-code.tsx'
import type { BrokerAddress } from './shapes.ts'
import { ThumbBar } from './thumb-bar.tsx'

interface CredentialsProps {
  readonly made: { readonly home: string; readonly username: string; readonly password: string }
  readonly broker: BrokerAddress | undefined
  readonly isOnline: boolean
  onDone(): void
}

/** What the gateway needs to come: as a QR code, and to copy. The hub tells the password this once. */
export function Credentials({ made, broker, isOnline, onDone }: CredentialsProps) {
  const { t } = useTranslation('visit')
  const { home, username, password } = made
  const host = broker?.host ?? location.hostname
  const port = broker?.port ?? 0
  const topics = `homes/${home}/`
  const scheme = broker?.tls ? 'mqtts' : 'mqtt'
  const address = `${scheme}://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${topics}`
  const rows = [
    ['host', host],
    ['port', port === 0 ? '–' : String(port)],
    ['username', username],
    ['password', password],
    ['topics', topics],
  ] as const
  return (
    <section className="visit-card credentials" aria-label={t('credentials.title')}>
      <h2>{t('credentials.title')}</h2>
      <p className="notice">{t('credentials.once')}</p>
      <QrCode text={address} label={t('credentials.qr')} />
      <dl className="visit-facts">
        {rows.map(([name, value]) => (
          <div key={name} data-secret={name === 'password' || undefined}>
            <dt>{t(`credentials.${name}`)}</dt>
            <dd>
              <code>{value}</code>
              <CopyButton text={value} what={t(`credentials.${name}`)} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{t('credentials.tls')}</dt>
          <dd>{t(broker?.tls ? 'credentials.tlsOn' : 'credentials.tlsOff')}</dd>
        </div>
      </dl>
      <p role="status">
        <Status tone={isOnline ? 'well' : 'unknown'}>
          {t(isOnline ? 'gateway.online' : 'credentials.waiting')}
        </Status>
      </p>
      <ThumbBar>
        <button type="button" className="primary large" onClick={onDone}>
          {t('credentials.done')}
        </button>
      </ThumbBar>
    </section>
  )
}

function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { t } = useTranslation('visit')
  const [copied, setCopied] = useState(false)
  return (
    <button
      type="button"
      aria-label={t(copied ? 'credentials.copiedWhat' : 'credentials.copyWhat', { what })}
      onClick={(event) => {
        const field = event.currentTarget.parentElement?.querySelector('code')
        const select = () => field && getSelection()?.selectAllChildren(field)
        // Over plain HTTP browsers have no clipboard: it is selected, to be copied by hand.
        if (navigator.clipboard) void navigator.clipboard.writeText(text).then(() => setCopied(true), select)
        else select()
      }}
    >
      {t(copied ? 'credentials.copied' : 'credentials.copy')}
    </button>
  )
}
