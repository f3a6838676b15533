import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLiveEvents } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { When } from '../parts/when.tsx'
import { useApi } from '../use-api.ts'
import { roomName } from '../words/names.ts'
import { dropAct } from './kept.ts'
import type { KeptAct } from './kept.ts'
import { deviceCode } from './read-code.ts'
import { SensorForm } from './sensor-form.tsx'
import type { ProfileFacts, RegisteredSensor, SeenDevice } from './shapes.ts'
import { ThumbBar } from './thumb-bar.tsx'
import type { VisitProps } from './visit-page.tsx'

/** What the form begins with. */
export interface FormStart {
  readonly seen?: SeenDevice
  readonly sensor?: RegisteredSensor
  /** It was not taken: corrected, it goes again. */
  readonly act?: KeptAct
}

/** The sensors of the home: those that are registered, those that were heard and are not, and one more. */
export function SensorsCard(props: VisitProps) {
  const { home, sending, go } = props
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const base = `/api/homes/${encodeURIComponent(home.home)}`
  const seen = useApi<{ seen: readonly SeenDevice[] }>(`${base}/seen`)
  const profiles = useApi<{ profiles: readonly ProfileFacts[] }>('/api/profiles')
  const { reload } = seen
  useLiveEvents((event) => {
    if (event.type === 'seen' && event.inHomes.includes(home.home)) void reload()
  })
  const begun = sending.kept.typed[`${home.home} sensor`] !== undefined
  const [form, setForm] = useState<FormStart | undefined>(begun ? {} : undefined)

  const acts = sending.kept.acts.filter((one) => one.home === home.home && one.part === 'sensors')
  const added = acts.filter((one) => one.method === 'POST')
  const addresses = new Set(
    [
      ...home.sensors.map(({ id, address = id }) => address),
      ...added.map(({ body }) => String(body['address'])),
    ].map(codeOf),
  )
  const unknown = (seen.data?.seen ?? []).filter(({ address }) => !addresses.has(codeOf(address)))
  const titleOf = (id: string): string =>
    profiles.data?.profiles.find((one) => one.id === id)?.title[language] ?? id
  const placeOf = (room: string | undefined): string | undefined =>
    room === undefined
      ? undefined
      : (home.rooms.find((one) => one.id === room)?.name ?? roomName(room, language))

  if (form) {
    return (
      <SensorForm
        {...props}
        start={form}
        seen={unknown}
        profiles={profiles.data?.profiles ?? []}
        onDone={() => {
          setForm(undefined)
          void reload()
          window.scrollTo(0, 0)
        }}
      />
    )
  }
  return (
    <section className="visit-card" aria-label={t('steps.sensors')}>
      {home.sensors.length + added.length === 0 && <p className="large">{t('sensors.none')}</p>}
      <ul className="visit-lines" aria-label={t('sensors.list')}>
        {added.map((act) => (
          <li key={act.id} data-kept>
            <b>{act.of}</b>
            <span className="muted">
              {[titleOf(String(act.body['profile'])), placeOf(act.body['room'] as string | undefined)]
                .filter(Boolean)
                .join(' · ')}
            </span>
            <Status tone={act.refused ? 'medium' : 'unknown'}>
              {t(act.refused ? 'kept.notTaken' : 'kept.here')}
            </Status>
            {act.refused && (
              <span className="visit-acts">
                <button type="button" onClick={() => setForm({ act })}>
                  {t('correct')}
                </button>
                <button type="button" className="quiet" onClick={() => dropAct(act.id)}>
                  {t('discard')}
                </button>
              </span>
            )}
          </li>
        ))}
        {home.sensors.map((sensor) => (
          <li key={sensor.id}>
            <button type="button" className="line" onClick={() => setForm({ sensor })}>
              <b>{sensor.id}</b>
              <span className="muted">
                {[titleOf(sensor.profile), placeOf(sensor.room)].filter(Boolean).join(' · ')}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <h2>{t('sensors.seen')}</h2>
      {unknown.length === 0 ? (
        <p className="muted">{t('sensors.noneSeen')}</p>
      ) : (
        <ul className="visit-lines" aria-label={t('sensors.seen')}>
          {unknown.map((device) => (
            <li key={device.address}>
              <button type="button" className="line" onClick={() => setForm({ seen: device })}>
                <b>{device.likely[0]?.title[language] ?? device.what ?? device.name ?? device.address}</b>
                <span className="muted">
                  {[device.address, [device.maker, device.model].filter(Boolean).join(' ')]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
                <span className="muted">
                  {device.heardAt === undefined ? (
                    t('sensors.announced')
                  ) : (
                    <>
                      {t('sensors.heard')} <When at={device.heardAt} timezone={home.fields.timezone} />
                    </>
                  )}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <ThumbBar>
        <button
          type="button"
          className={home.sensors.length === 0 ? 'primary large' : 'large'}
          onClick={() => setForm({})}
        >
          {t('sensors.add')}
        </button>
        {home.sensors.length > 0 && (
          <button type="button" className="primary large" onClick={() => go('prove')}>
            {t('next')}
          </button>
        )}
      </ThumbBar>
    </section>
  )
}

/** However its maker's code is written. */
const codeOf = (address: string): string => deviceCode(address) ?? address
