import { useTranslation } from 'react-i18next'
import type { HomeDetail } from '../api-types.ts'
import { useContact } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { clockOrDay, span } from '../time.ts'
import { roomName } from '../words/names.ts'

const HOUR = 3_600_000

/** What somebody does, not what is measured of a room or of the equipment. */
const SIGNS_OF_LIFE: ReadonlySet<string> = new Set([
  'motion',
  'presence',
  'door',
  'bed',
  'chair',
  'heart_rate',
  'sos',
])

/** One sentence: is the home protected now, and when was somebody sensed. */
export function HomeSentence({ home }: { readonly home: HomeDetail }) {
  const { t } = useTranslation(['home', 'shared'])
  const { language } = useLanguage()
  const { now } = useContact()
  if (!home.reachable) return <Status tone="unknown">{t('notProtected')}</Status>
  if (home.sensors.length === 0) return <Status tone="unknown">{t('noSensors')}</Status>
  const silent = home.sensors.filter((one) => !one.alive).length
  if (silent > 0) return <Status tone="unknown">{t('partly', { count: silent })}</Status>

  const life = home.sensors
    .flatMap(({ room, last }) =>
      last.flatMap(({ kind, at, value }) =>
        SIGNS_OF_LIFE.has(kind) && value !== false ? [{ at, room }] : [],
      ),
    )
    .toSorted((a, b) => b.at - a.at)[0]
  if (!life) return <Status tone="well">{t('protected')}</Status>
  const inRoom = (room: string): string => {
    const known = t('inRoom', { returnObjects: true }) as Readonly<Record<string, string>>
    return Object.hasOwn(known, room)
      ? (known[room] ?? room)
      : t('inOther', { room: roomName(room, language) })
  }
  const age = now - life.at
  const ago =
    age < 60_000
      ? t('shared:justNow')
      : age < HOUR
        ? t('shared:ago', { time: span(age) })
        : clockOrDay(life.at, age < 12 * HOUR ? life.at : life.at - 24 * HOUR, home.timezone)
  return (
    <Status tone="well">
      {life.room === undefined
        ? t('protectedLife', { ago })
        : t('protectedSince', { ago, room: inRoom(life.room) })}
    </Status>
  )
}
