import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send, ApiError } from '../api.ts'
import { useLock } from '../lock/lock.tsx'
import { Answered } from '../parts/answered.tsx'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'
import { CardForm } from './card-form.tsx'
import { checkId } from './check-fields.ts'
import { Credentials } from './credentials.tsx'
import { Field } from './field.tsx'
import type { FieldError } from './field.tsx'
import { readCode } from './read-code.ts'
import { ScanButton } from './scan-button.tsx'
import { requestId } from './send-kept.ts'
import type { BrokerAddress, GatewayLine, MadeCredentials } from './shapes.ts'
import { ThumbBar } from './thumb-bar.tsx'
import { useTyped } from './use-typed.ts'
import type { VisitProps } from './visit-page.tsx'

interface GatewayCardProps extends VisitProps {
  readonly secret: MadeCredentials | undefined
  onSecret(secret: MadeCredentials | undefined): void
}

/** The box that speaks for the home: it gets its login, and comes. */
export function GatewayCard({ home, gateways, sending, secret, onSecret, go }: GatewayCardProps) {
  const { t } = useTranslation('visit')
  const { ended } = useSession()
  const { whenUnlocked } = useLock()
  const broker = useApi<BrokerAddress>('/api/broker')
  const { typed, type, clear } = useTyped(`${home.home} gateway`, { id: '', request: '' })
  const [wrong, setWrong] = useState<FieldError & { readonly isLost?: boolean }>()
  const [busy, setBusy] = useState(false)
  const [adds, setAdds] = useState(false)
  const lines = gateways.data?.gateways ?? []
  const id = typed['id'] ?? ''
  const base = `/api/homes/${encodeURIComponent(home.home)}/gateways`
  const hosts = [location.hostname, ...(broker.data?.host === undefined ? [] : [broker.data.host])]
  const isOnline = lines.some(({ online }) => online)
  const showsForm = lines.length === 0 || adds || id !== ''

  const scanned = (text: string) => {
    const code = readCode(text, hosts)
    setWrong(undefined)
    if (code.is === 'gateway') type({ id: code.gateway, request: '' })
    else if (code.is === 'device') type({ id: code.address.replace(/^0x/, ''), request: '' })
    else if (code.is === 'name') type({ id: code.name, request: '' })
    else if (code.is === 'elsewhere') setWrong({ text: t('faults.elsewhere', { host: code.host }) })
    else setWrong({ text: t('faults.unreadable', { text: code.is === 'unknown' ? code.text : text }) })
  }

  const refusedText = (reason: ApiError['reason']): string => {
    if (reason === 'gateway-elsewhere') return t('gateway.otherHome')
    return t(reason === 'gateway-known' ? 'gateway.already' : 'gateway.refused')
  }

  /** Its answer is shown once: it is waited for, and not left for later. */
  const make = async (path: string, body: object, request: string) => {
    setBusy(true)
    setWrong(undefined)
    try {
      const made = await whenUnlocked(() =>
        send<MadeCredentials>('POST', path, body, { 'idempotency-key': request }),
      )
      if (!made) return
      onSecret(made)
      clear()
      setAdds(false)
      await gateways.reload()
    } catch (error) {
      const { status, message, reason } = error instanceof ApiError ? error : new ApiError(0, '')
      if (status === 401) ended()
      setWrong(
        status === 0 || status >= 500
          ? { text: t('gateway.noLink') }
          : { text: refusedText(reason), told: message, isLost: reason === 'shown-once' },
      )
    } finally {
      setBusy(false)
    }
  }
  const add = () => {
    const code = readCode(id, hosts)
    const own = code.is === 'gateway' ? code.gateway : id.trim()
    if (code.is === 'elsewhere') return setWrong({ text: t('faults.elsewhere', { host: code.host }) })
    if (own !== '' && checkId(own)) return setWrong({ text: t('faults.id') })
    // The same request until it is answered: a lost answer makes no second gateway.
    const request = typed['request'] || requestId()
    type({ id, request })
    return void make(base, own === '' ? {} : { id: own }, request)
  }
  const rotate = (gateway: string) =>
    void make(`${base}/${encodeURIComponent(gateway)}/rotation`, { old: 'after-connect' }, requestId())

  if (secret?.password !== undefined) {
    return (
      <Credentials
        made={{ ...secret, password: secret.password }}
        broker={broker.data}
        isOnline={lines.find((one) => one.id === secret.username)?.online === true}
        onDone={() => onSecret(undefined)}
      />
    )
  }
  return (
    <CardForm
      onSubmit={() => {
        if (showsForm) add()
        else go('sensors')
      }}
    >
      <Answered answer={gateways}>
        {() => (
          <ul className="visit-lines" aria-label={t('gateway.list')}>
            {lines.map((line) => (
              <li key={line.id}>
                <b>{line.id}</b>
                <GatewayState line={line} />
                {line.reconnects !== undefined && (
                  <p className="notice">{t('gateway.loops', { times: line.reconnects })}</p>
                )}
                {line.credentials && !line.online && line.reconnects === undefined && (
                  <p className="muted">{t('gateway.wait')}</p>
                )}
                {line.credentials ? (
                  <button type="button" disabled={busy || !sending.hasLink} onClick={() => rotate(line.id)}>
                    {t('gateway.rotate')}
                  </button>
                ) : (
                  <button
                    type="button"
                    disabled={busy || !sending.hasLink}
                    onClick={() => void make(base, { id: line.id }, requestId())}
                  >
                    {t('gateway.make')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answered>
      {showsForm ? (
        <Field
          label={t('gateway.code')}
          isCode
          value={id}
          hint={t('gateway.codeHow')}
          error={wrong}
          onChange={(value) => {
            type({ id: value, request: '' })
            setWrong(undefined)
          }}
        >
          <ScanButton title={t('gateway.scan')} onScanned={scanned} />
        </Field>
      ) : (
        <>
          {wrong && (
            <div role="alert" className="problem">
              <p>{wrong.text}</p>
              {wrong.told !== undefined && <p lang="en">{wrong.told}</p>}
            </div>
          )}
          <button type="button" className="quiet start" onClick={() => setAdds(true)}>
            {t('gateway.another')}
          </button>
        </>
      )}
      {wrong?.isLost === true && id !== '' && (
        <button type="button" onClick={() => rotate(id.trim())}>
          {t('gateway.rotate')}
        </button>
      )}
      {showsForm && !sending.hasLink && <p className="notice">{t('gateway.needsLink')}</p>}
      <ThumbBar>
        {showsForm && lines.length > 0 && (
          <button
            type="button"
            className="large"
            onClick={() => {
              clear()
              setAdds(false)
              setWrong(undefined)
            }}
          >
            {t('back')}
          </button>
        )}
        {showsForm ? (
          <button type="submit" className="primary large" disabled={busy || !sending.hasLink}>
            {t(busy ? 'gateway.making' : 'gateway.make')}
          </button>
        ) : (
          <button type="submit" className={isOnline ? 'primary large' : 'large'}>
            {t(isOnline ? 'next' : 'gateway.later')}
          </button>
        )}
      </ThumbBar>
    </CardForm>
  )
}

function GatewayState({ line }: { readonly line: GatewayLine }) {
  const { t } = useTranslation('visit')
  if (line.online) return <Status tone="well">{t('gateway.online')}</Status>
  return <Status tone="unknown">{t(line.credentials ? 'gateway.offline' : 'gateway.noLogin')}</Status>
}
