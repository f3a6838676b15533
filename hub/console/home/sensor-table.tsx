import { useTranslation } from 'react-i18next'
import type { HomeDetail, HomeSensor } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import { kindName, roomName, valueName } from '../words/names.ts'

const LOW_BATTERY = 15

/** Each sensor: when it was last heard, what it says, its battery and link. Silent ones come first. */
export function SensorTable({ home }: { readonly home: HomeDetail }) {
  const { t } = useTranslation(['home', 'shared'])
  const { language } = useLanguage()
  const sensors = home.sensors.toSorted(
    (a, b) =>
      Number(a.alive) - Number(b.alive) ||
      (a.room ?? '~').localeCompare(b.room ?? '~') ||
      a.id.localeCompare(b.id),
  )
  return (
    <section aria-labelledby="sensors">
      <h2 id="sensors">{t('sensors')}</h2>
      <Table
        caption={t('sensors')}
        rows={sensors}
        keyOf={(sensor) => sensor.id}
        columns={[
          { head: t('sensor'), cell: (sensor) => sensor.id },
          {
            head: t('room'),
            cell: ({ room }) => (room === undefined ? '' : roomName(room, language)),
          },
          {
            head: t('heard'),
            cell: (sensor) => (
              <span className="facts">
                {sensor.heardAt === undefined ? (
                  t('shared:never')
                ) : (
                  <When at={sensor.heardAt} timezone={home.timezone} />
                )}
                {!sensor.alive && <Status tone="unknown">{t('silent')}</Status>}
              </span>
            ),
          },
          { head: t('says'), cell: (sensor) => saysOf(sensor) },
          {
            head: t('battery'),
            end: true,
            cell: (sensor) => {
              const percent = numberOf(sensor, 'battery')
              if (percent === undefined) return ''
              return percent <= LOW_BATTERY ? <Status tone="low">{`${percent} %`}</Status> : `${percent} %`
            },
          },
          {
            head: t('link'),
            end: true,
            cell: (sensor) => {
              const percent = numberOf(sensor, 'link')
              return percent === undefined ? '' : `${percent} %`
            },
          },
        ]}
      />
      {home.gateways.map(({ id, online, credentials, reconnects }) => (
        <p key={id} className="gateway">
          {t('gateway')} <b>{id}</b>{' '}
          <Status tone={online ? 'well' : 'unknown'}>
            {online ? t('online') : credentials ? t('offline') : t('noCredentials')}
          </Status>
          {reconnects !== undefined && <> · {t('reconnects', { count: reconnects })}</>}
        </p>
      ))}
    </section>
  )

  function saysOf({ last }: HomeSensor): string {
    const newest = last.find(({ kind }) => kind !== 'battery' && kind !== 'link' && kind !== 'availability')
    if (!newest) return ''
    const { kind, value, unit } = newest
    const shown =
      typeof value === 'boolean'
        ? value
          ? t('shared:yes')
          : t('shared:no')
        : typeof value === 'number'
          ? value.toLocaleString('nb', { maximumFractionDigits: 1 })
          : valueName(value, language)
    return [`${kindName(kind, language)}:`, shown, unit].filter(Boolean).join(' ')
  }
}

function numberOf({ last }: HomeSensor, wanted: string): number | undefined {
  const value = last.find(({ kind }) => kind === wanted)?.value
  return typeof value === 'number' ? Math.round(value) : undefined
}
