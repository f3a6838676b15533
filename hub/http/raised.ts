import type { FastifyRequest } from 'fastify'
import { MOST_RAISED, NOTHING_NEW, ruleOfProgram, scopeOfRaised, TOO_MANY } from '../core/raised.ts'
import type { Outcome } from '../core/core.ts'
import type { Alert } from '../model/alert.ts'
import type { RaiseInput } from '../model/input.ts'
import { areasOf, callerName } from './caller.ts'
import type { Office } from './office.ts'
import { createMinuteLimit } from './minute-limit.ts'
import { HttpError } from './problem.ts'
import { MOST_KEYS } from './raise-keys.ts'
import type { KeyLimit } from './raise-keys.ts'
import { noHome } from './sight.ts'

/** Of what a program writes for people, in signs. */
export const MOST_TITLE = 120
export const MOST_TEXT = 500

/** Changes that one program may make in a minute. */
const MOST_A_MINUTE = 60

/** How long a program that has too many open waits before it tries again, in seconds. */
const WAIT_FOR_PEOPLE = 60

const TOO_MANY_KEYS = `it said ${MOST_KEYS} different ids within 24 h`

export const DID = ['raised', 'again', 'level', 'renewed', 'cleared', 'unchanged'] as const

/** What became of one thing that a program said. */
export interface Told {
  readonly did: (typeof DID)[number]
  readonly alert?: Alert
}

/** Why one thing that a program said is not taken. */
export interface NotTaken {
  readonly refused: string
  /** Where it may be taken later: in how many seconds. */
  readonly retryAfter?: number
}

/**
 * Gives the stream what a program says, all of it at once.
 * @returns what became of each, or why it is not taken
 */
export async function raiseAll(
  office: Office,
  inputs: readonly RaiseInput[],
  keys: KeyLimit,
): Promise<readonly (Told | NotTaken)[]> {
  const now = office.core.now()
  const rooms = inputs.map((input) => keys.take(input, now))
  const told = await submitAll(
    office,
    inputs.filter((_, index) => typeof rooms[index] === 'string'),
  )
  let next = 0
  return inputs.map((input, index): Told | NotTaken => {
    const room = rooms[index]
    if (typeof room === 'object') {
      return { refused: TOO_MANY_KEYS, retryAfter: Math.max(1, Math.ceil(room.wait / 1000)) }
    }
    const one = told[next++] ?? { refused: 'nothing was taken' }
    if (room === 'new' && 'refused' in one) keys.forget(input)
    return one
  })
}

async function submitAll(
  office: Office,
  inputs: readonly RaiseInput[],
): Promise<readonly (Told | NotTaken)[]> {
  if (inputs.length === 0) return []
  const before = lookAtOpen(office)
  const outcomes = await new Promise<readonly Outcome[]>((fulfil, reject) =>
    office.core.submit(inputs, (error, all) => (error ? reject(error) : fulfil(all))),
  )
  const after = lookAtOpen(office)
  return inputs.map((input, index) => {
    const outcome = outcomes[index]
    if (outcome?.taken === false && outcome.reason !== NOTHING_NEW) {
      return {
        refused: outcome.reason,
        ...(outcome.reason === TOO_MANY && { retryAfter: WAIT_FOR_PEOPLE }),
      }
    }
    const was = before(input)
    const is = after(input) ?? (was && office.alert(was.id))
    return { did: outcome?.taken ? whatItDid(input, was, is) : 'unchanged', ...(is && { alert: is }) }
  })
}

function whatItDid(input: RaiseInput, was: Alert | undefined, is: Alert | undefined): Told['did'] {
  if (!input.on) return 'cleared'
  if (!was || was.id !== is?.id) return 'raised'
  if (was.count !== is.count) return 'again'
  return was.severity === is.severity ? 'renewed' : 'level'
}

/** As they are now, all of them once: a notification of Grafana is about a hundred, and thousands may be open. */
function lookAtOpen({ core }: Office): (input: RaiseInput) => Alert | undefined {
  const ofPrograms = core.openAlerts().filter(({ raisedBy }) => raisedBy !== undefined)
  const open = new Map(ofPrograms.map((alert) => [`${alert.rule}|${alert.scope}`, alert]))
  return (input) => open.get(`${ruleOfProgram(input.by)}|${scopeOfRaised(input)}`)
}

/** Why the caller may not: a home that they do not see, or the hub as a whole where they see some areas only. */
export function refusalOfPlace(
  { caller, office }: FastifyRequest,
  home: string | undefined,
): HttpError | undefined {
  if (home !== undefined) return office.core.home(home) ? undefined : new HttpError(404, noHome(home))
  if (!caller || areasOf(caller) === 'all') return undefined
  return new HttpError(
    403,
    'Cannot raise this: it names no home of these areas, so it is about the hub as a whole, and this token is for some areas only. Name a home, or use a token for all areas.',
  )
}

/** What to answer for what was not taken: 429 where the program may try again later. */
export function refusalOf({ refused, retryAfter }: NotTaken): HttpError {
  if (retryAfter === undefined) return new HttpError(409, `Cannot do this: ${refused}.`)
  const advice =
    refused === TOO_MANY_KEYS
      ? 'An id names what it is about, such as ups-cellar, not each happening: use again ("again": true). In Grafana: no label whose value is another one each time.'
      : `Clear some, or have people resolve them. A program may have ${MOST_RAISED} open.`
  return new HttpError(429, `Cannot raise more: ${refused}. ${advice}`, { retryAfter })
}

/** Lets nobody through who says more in a minute than a board could show. */
export interface RaiseLimit {
  /** @throws HttpError 429 with `Retry-After` */
  take(request: FastifyRequest): void
}

export function createRaiseLimit(): RaiseLimit {
  const limit = createMinuteLimit(MOST_A_MINUTE)
  return {
    take({ caller }) {
      if (!caller) return
      const wait = limit.take(callerName(caller))
      if (wait !== undefined) {
        throw new HttpError(
          429,
          `Cannot raise more: a program may say so ${MOST_A_MINUTE} times in a minute. Wait ${wait} s.`,
          { retryAfter: wait },
        )
      }
    },
  }
}

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\s]+/gu

/** One line without signs that nobody sees: these could hide what a text says, or turn it around. */
export function oneLine(text: string): string {
  return text.normalize('NFC').replace(UNSEEN, ' ').trim()
}
