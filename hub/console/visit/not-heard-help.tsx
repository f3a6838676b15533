import { useTranslation } from 'react-i18next'
import type { VisitSensorView } from '../../model/visit.ts'
import { useLanguage } from '../language.tsx'
import { When } from '../parts/when.tsx'
import { useApi } from '../use-api.ts'
import type { Sending } from './send-kept.ts'
import type { RegisteredHome, SeenDevice } from './shapes.ts'

interface NotHeardHelpProps {
  readonly home: RegisteredHome
  readonly sensor: VisitSensorView
  readonly sending: Sending
  /** It waited too long: the help is open. */
  readonly isLate: boolean
  onChanged(): void
}

interface Undecoded {
  readonly home: string
  readonly sensor?: string
  readonly now: number
  readonly topic: string
  readonly payload: string
  readonly reason: string
}

/** Why nothing comes: when it was heard last, what it sent that cannot be read, and who else speaks here. */
export function NotHeardHelp(props: NotHeardHelpProps) {
  const { t } = useTranslation('visit')
  return (
    // Anew when it is late: then it is open.
    <details className="more visit-help" key={String(props.isLate)} open={props.isLate}>
      <summary>{t('help.title')}</summary>
      <Help {...props} />
    </details>
  )
}

function Help({ home, sensor, sending, onChanged }: NotHeardHelpProps) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const every = { every: 10_000 }
  const seen = useApi<{ seen: readonly SeenDevice[] }>(
    `/api/homes/${encodeURIComponent(home.home)}/seen`,
    every,
  )
  const undecoded = useApi<{ undecoded: readonly Undecoded[] }>('/api/undecoded?limit=50', every)
  const others = (seen.data?.seen ?? [])
    .filter(
      (one) => one.heardAt !== undefined && one.likely.some(({ profile }) => profile === sensor.profile),
    )
    .slice(0, 3)
  const wrong = (undecoded.data?.undecoded ?? [])
    .filter((one) => one.home === home.home && one.sensor === sensor.sensor)
    .slice(0, 2)
  const registered = home.sensors.find(({ id }) => id === sensor.sensor)

  const useAddress = async (address: string) => {
    await sending.put({
      method: 'PATCH',
      path: `/api/homes/${encodeURIComponent(home.home)}/sensors/${encodeURIComponent(sensor.sensor)}`,
      home: home.home,
      part: 'sensors',
      of: sensor.sensor,
      body: { address },
      ...(registered?.revision !== undefined && { seen: registered.revision }),
    })
    onChanged()
  }
  return (
    <ul className="visit-help-list">
      <li>
        {sensor.heardAt === undefined ? (
          t('help.notHeard')
        ) : (
          <>
            {t('help.heard')} <When at={sensor.heardAt} timezone={home.fields.timezone} />
          </>
        )}{' '}
        {t('help.address', { address: sensor.address })}
      </li>
      {wrong.map((one) => (
        <li key={`${one.now} ${one.topic}`}>
          {t('help.undecoded')} <code>{one.payload.slice(0, 200)}</code>
          <span lang="en" className="muted">
            {' '}
            {one.reason}
          </span>
        </li>
      ))}
      {others.map((one) => (
        <li key={one.address}>
          {t('help.other', { address: one.address })}{' '}
          <span className="muted">
            {one.likely.find(({ profile }) => profile === sensor.profile)?.title[language]}
          </span>
          <button type="button" onClick={() => void useAddress(one.address)}>
            {t('help.useIt')}
          </button>
        </li>
      ))}
      <li>{t('help.try')}</li>
    </ul>
  )
}
