import { styleText } from 'node:util'
import { Temporal } from 'temporal-polyfill'
import type { Commit } from '../core/core.ts'
import type { Office } from '../http/office.ts'
import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { Input } from '../model/input.ts'
import { ALARM_KINDS } from '../model/kind.ts'
import type { Notification } from '../model/notification.ts'

/** One thing that happened, as the demo tells it. */
export interface Told {
  readonly at: number
  readonly home: string
  readonly what: 'world' | 'sensor' | 'alert' | 'message' | 'answer' | 'taken' | 'closed' | 'link'
  readonly text: string
}

const MARKS = {
  world: { mark: '·', style: 'gray' },
  sensor: { mark: '◉', style: 'white' },
  alert: { mark: '▲', style: 'red' },
  message: { mark: '✉', style: 'cyan' },
  answer: { mark: '↩', style: 'magenta' },
  taken: { mark: '✔', style: 'green' },
  closed: { mark: '■', style: 'green' },
  link: { mark: '~', style: 'yellow' },
} as const

/** Tells what each commit means, in the order of cause and effect. */
export function createNarration(office: Office, tell: (told: Told) => void) {
  const cut = new Set<string>()
  const known = new Map(office.core.openAlerts().map((alert) => [alert.id, alert]))

  return {
    follow(commit: Commit): void {
      const at = commit.entries.at(-1)?.now ?? office.core.now()
      for (const { input, now } of commit.entries) tellInput(input, now)
      for (const alert of commit.alerts) tellAlert(alert, at)
      for (const notification of commit.notifications) tellMessage(notification, at)
    },
  }

  function tellInput(input: Input, at: number): void {
    switch (input.type) {
      case 'reading': {
        const { home, sensor, kind, value } = input.reading
        if (ALARM_KINDS.has(kind) && value !== null && value !== false) {
          tell({ at, home, what: 'sensor', text: `${sensor} says by MQTT: ${kind} ${value}` })
        }
        return
      }
      case 'undecoded': {
        const { home, sensor = 'a sensor', reason } = input
        tell({ at, home, what: 'sensor', text: `${sensor} cannot be understood: ${reason}` })
        return
      }
      case 'gateway':
        // That it comes for the first time is no news.
        if (input.to === 'online' && !cut.delete(input.home)) return
        if (input.to === 'offline') cut.add(input.home)
        tell({ at, home: input.home, what: 'link', text: `the gateway is ${input.to}` })
        return
      case 'answer': {
        const { home, contact } = input
        if (home === undefined) return
        const said = office.answers(20).find((one) => one.home === home && one.contact === contact)?.text
        const text = `${nameOf(home, contact)} answers: ${said ?? input.action}`
        tell({ at, home, what: 'answer', text })
        return
      }
      default:
    }
  }

  function tellAlert(alert: Alert, at: number): void {
    const before = known.get(alert.id)
    const home = alert.home ?? areaName(alert)
    if (alert.handling === 'resolved') known.delete(alert.id)
    else known.set(alert.id, alert)
    if (!before && alert.handling === 'new') {
      const { room, sensor } = alert.detail
      const where = room ?? sensor
      const text = [`ALERT ${alert.severity}: ${alert.title.en}`, where, `code ${alert.code}`]
      tell({ at, home, what: 'alert', text: text.filter((part) => part !== undefined).join(', ') })
      return
    }
    if (before?.handling === 'acknowledged' && alert.handling === 'new') {
      tell({ at, home, what: 'alert', text: `ALERT again: ${alert.title.en}, code ${alert.code}` })
    }
    if (before?.condition === 'active' && alert.condition === 'cleared') {
      tell({ at, home, what: 'world', text: `${alert.title.en}: no longer so` })
    }
    if (before?.handling === alert.handling) return
    if (alert.handling === 'acknowledged') {
      const text = `${handlerOf(alert)} takes it (${alert.title.en}, ${seconds(at - alert.openedAt)} after the alert)`
      tell({ at, home, what: 'taken', text })
    } else if (alert.handling === 'resolved') {
      tell({
        at,
        home,
        what: 'closed',
        text: `${alert.title.en} closed by ${handlerOf(alert)}: ${alert.cause}`,
      })
    }
  }

  function tellMessage(notification: Notification, at: number): void {
    const { home, contact, state } = notification
    if (state !== 'delivered' || home === undefined || contact === undefined) return
    const text = `SMS to ${nameOf(home, contact)}: "${office.messageText(notification) ?? ''}"`
    tell({ at, home, what: 'message', text })
  }

  function handlerOf({ home, handledBy = '' }: Alert): string {
    return handledBy.startsWith('contact:') && home !== undefined
      ? nameOf(home, handledBy.slice('contact:'.length))
      : handledBy
  }

  function nameOf(home: string, contact: string): string {
    const name = office.personal(home)?.contacts.find(({ id }) => id === contact)?.name
    return name === undefined ? contact : `${name} (${contact})`
  }
}

/** `14:02:07  h-0001  ▲  ALERT high: Possible fall, bathroom, code 4821`, in the home's own time. */
export function formatTold({ at, home, what, text }: Told, facts: Home | undefined): string {
  const { mark, style } = MARKS[what]
  const time = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(facts?.timezone ?? 'UTC')
    .toPlainTime()
    .toString({ smallestUnit: 'second' })
  return `  ${time}  ${home}  ${styleText(style, `${mark}  ${text}`, { stream: process.stdout })}`
}

function seconds(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

function areaName({ area }: Alert): string {
  return area === undefined ? 'hub' : `area ${area}`
}
