import { careText, worksNow } from './day-parts.ts'
import type { DayParts, DayWords } from './day-parts.ts'
import { nameOf, sentences } from './sentences.ts'

export const dayEn: DayWords = {
  message: (at, parts) => {
    const { day } = parts
    const care = careText(parts, CARE)
    const hello = GREETING[parts.greeting]
    switch (day.is) {
      case 'well':
        return day.silent
          ? sentences(hello, `All quiet ${at} ${span(parts)}. Not all sensors answer.`, care)
          : sentences(hello, `All quiet ${at} ${span(parts)}, the sensors work.`)
      case 'had-alert':
        return sentences(
          hello,
          `There was an alert ${at}; it ended ${parts.over}. All is quiet now.`,
          day.silent ? sentences('Not all sensors answer.', care) : 'The sensors work.',
        )
      case 'partly':
        return day.now
          ? sentences(
              hello,
              `There was activity ${at} ${life(parts)}, but some of the alarm equipment does not answer.`,
              care || CALL,
            )
          : sentences(
              hello,
              `There was activity ${at} ${life(parts)}. Some of the alarm equipment did not answer ${span(parts)}; now it does.`,
            )
      case 'not-seen':
        return sentences(
          hello,
          day.silent
            ? `The sensors ${at} have seen no activity ${sinceLife(parts)}, and not all of them answer.`
            : `The sensors ${at} work, but have seen no activity ${sinceLife(parts)}.`,
          CALL,
        )
      case 'unknown':
        return sentences(hello, notKnown(at, parts))
      case 'open':
        return sentences(hello, headline(at, parts), day.by === undefined ? CALL : '')
      case 'away':
      case 'maintenance':
        return sentences(hello, headline(at, parts))
    }
  },
  headline,
  page: {
    seen: 'Activity',
    equipment: 'Equipment',
    alert: 'Alerts',
    seenText: (parts) => (parts.life === undefined ? 'Not seen yet.' : `Last seen ${VAGUE[parts.life]}.`),
    equipmentText: (parts) => {
      const care = careText(parts, CARE)
      if (parts.day.is === 'maintenance') return 'Somebody is working on it now.'
      switch (worksNow(parts)) {
        case 'all':
          return 'The sensors work.'
        case 'not-all':
          return sentences('Not all sensors answer.', care)
        case 'no-contact':
          return sentences(`No contact since ${parts.since}.`, care)
      }
    },
    alertText: (parts) => {
      const { day, over } = parts
      if (day.is === 'open') return `One is open since ${parts.since}. ${handled(parts)}`
      if (over !== undefined) return `None open. One ended ${over}.`
      if (worksNow(parts) === 'no-contact') return 'None open, but none could reach us now.'
      return 'None open.'
    },
  },
}

const GREETING = { morning: 'Good morning.', day: 'Hello.', evening: 'Good evening.' }
const CARE = { taken: 'We are looking at it.', reported: 'It has been reported.' }
const CALL = 'You may want to call.'
const VAGUE = {
  hour: 'within the last hour',
  night: 'last night',
  morning: 'this morning',
  afternoon: 'this afternoon',
  evening: 'this evening',
  yesterday: 'yesterday',
  'yesterday-evening': 'yesterday evening',
  before: 'more than a day ago',
}

function span({ greeting }: DayParts): string {
  return greeting === 'morning' ? 'last night' : 'today'
}

function life(parts: DayParts): string {
  return parts.life === undefined ? '' : VAGUE[parts.life]
}

function sinceLife({ life: seen }: DayParts): string {
  if (seen === undefined) return 'yet'
  if (seen === 'before') return 'for more than a day'
  return seen === 'hour' ? VAGUE[seen] : `since ${VAGUE[seen]}`
}

function headline(at: string, parts: DayParts): string {
  const { day } = parts
  switch (day.is) {
    case 'well':
      return `All quiet ${at}.`
    case 'had-alert':
      return `There was an alert ${at}. It is over, and all is quiet now.`
    case 'partly':
      return day.now
        ? `There was activity ${at}, but some of the alarm equipment does not answer.`
        : `There was activity ${at}. Some of the alarm equipment did not answer for a while.`
    case 'not-seen':
      return `No activity has been seen ${at} ${sinceLife(parts)}.`
    case 'unknown':
      if (day.what === 'new' || day.what === 'nothing-to-see') return notKnown(at, parts)
      return day.until === undefined
        ? `Just now we do not know how things are ${at}.`
        : `From ${parts.since} to ${parts.until} we had no${day.onAndOff ? ' steady' : ''} contact with the sensors ${at}. Now we have.`
    case 'open':
      return day.minor && day.by === undefined
        ? `The care centre is to look at something ${at}. Nobody has taken it yet.`
        : `There is an alert ${at} now. ${handled(parts)}`
    case 'away':
      return `We were told that nobody is at home ${at}. So we do not look for activity.`
    case 'maintenance':
      return `Somebody is working on the equipment ${at}, so we do not know how things are now.`
  }
}

function notKnown(at: string, parts: DayParts): string {
  const { day, since, until } = parts
  if (day.is !== 'unknown') return ''
  if (day.what === 'nothing-to-see')
    return `The sensors ${at} cannot show activity, so we do not know how things are.`
  if (day.what === 'new') return `We have watched ${at} only since ${since}. Tomorrow we will know more.`
  if (until === undefined) {
    const care = careText(parts, CARE)
    return sentences(
      `We have had no contact with the sensors ${at} since ${since}, so we do not know.`,
      care,
      day.care === 'taken' ? '' : CALL,
    )
  }
  return sentences(
    `We had no ${day.onAndOff ? 'steady ' : ''}contact with the sensors ${at} from ${since} to ${until} and do not know what happened then.`,
    (day.lifeAt ?? 0) > (day.until ?? Infinity) ? 'Activity was seen after that.' : 'Now we have contact.',
  )
}

function handled({ day, by }: DayParts): string {
  if (day.is !== 'open' || by === undefined) return 'Nobody has taken it yet.'
  const what = day.attendance?.what
  if (by.who === 'you') return what === 'arrived' ? 'You are there.' : 'You take care of it.'
  const name = nameOf(by, { you: 'You', someone: 'Someone else', operator: 'The care centre' })
  if (what === 'on-the-way') return `${name} is on the way.`
  return what === 'arrived' ? `${name} is there.` : `${name} takes care of it.`
}
