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
  const { state, reasons } = home.protection
  if (state !== 'protected') {
    // What makes it so; of a home that is not in service, that it is not.
    const why = reasons.find(({ code, makes }) => makes === state || code === `is-${state}`)?.means[language]
    if (state === 'not' || state === 'partly') {
      return <Status tone="unknown">{t(state === 'not' ? 'notProtected' : 'partly', { why })}</Status>
    }
    return (
      <Status tone="info">
        {why}
        {home.service.until !== undefined && (
          <> {t('shared:until', { time: clockOrDay(home.service.until, now, home.timezone) })}.</>
        )}
      </Status>
    )
  }

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
