import type { Day } from '../model/day.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { clockTime } from './reader.ts'
import { handlerOf } from './render-message.ts'
import { dayParts } from './words/day-parts.ts'
import type { DayParts } from './words/day-parts.ts'
import type { MessageLanguage } from './words/message-parts.ts'

/** A day as this reader sees it: times by the clock of the home, people by their first name. */
export function readDay(
  day: Day,
  reader: string,
  language: MessageLanguage,
  home: Home | undefined,
  personal: HomePersonal | undefined,
): DayParts {
  const timezone = home?.timezone ?? 'UTC'
  return dayParts(
    day,
    timezone,
    (at) => clockTime(at, day.at, timezone, language),
    (by) => handlerOf(by, reader, { personal }),
  )
}
