import type { FastifyRequest } from 'fastify'
import { MOST_RAISED, NOTHING_NEW, ruleOfProgram, scopeOfRaised, TOO_MANY } from '../core/raised.ts'
import type { Outcome } from '../core/core.ts'
import type { Alert } from '../model/alert.ts'
import type { RaiseInput } from '../model/input.ts'
import { areasOf, callerName } from './caller.ts'
import type { Office } from './office.ts'
import { HttpError } from './problem.ts'
import { noHome } from './sight.ts'

/** Of what a program writes for people, in signs. */
export const MOST_TITLE = 120
export const MOST_TEXT = 500

/** Changes that one program may make in a minute. */
const MOST_A_MINUTE = 60
const MINUTE = 60_000

/** How long a program that has too many open waits before it tries again, in seconds. */
const WAIT_FOR_PEOPLE = 60

export const DID = ['raised', 'again', 'level', 'renewed', 'cleared', 'unchanged'] as const

/** What became of one thing that a program said. */
export interface Told {
  readonly did: (typeof DID)[number]
  readonly alert?: Alert
}

/**
 * Gives the stream what a program says, all of it at once.
 * @returns what became of each, or why it is not taken
 */
export async function raiseAll(
  office: Office,
  inputs: readonly RaiseInput[],
): Promise<readonly (Told | { readonly refused: string })[]> {
  const before = inputs.map((input) => openOf(office, input))
  const outcomes = await new Promise<readonly Outcome[]>((fulfil, reject) =>
    office.core.submit(inputs, (error, all) => (error ? reject(error) : fulfil(all))),
  )
  return inputs.map((input, index) => {
    const outcome = outcomes[index]
    if (outcome?.taken === false && outcome.reason !== NOTHING_NEW) return { refused: outcome.reason }
    const was = before[index]
    const is = openOf(office, input) ?? (was && office.alert(was.id))
    return { did: outcome?.taken ? whatItDid(input, was, is) : 'unchanged', ...(is && { alert: is }) }
  })
}

function whatItDid(input: RaiseInput, was: Alert | undefined, is: Alert | undefined): Told['did'] {
  if (!input.on) return 'cleared'
  if (!was || was.id !== is?.id) return 'raised'
  if (was.count !== is.count) return 'again'
  return was.severity === is.severity ? 'renewed' : 'level'
}

function openOf({ core }: Office, input: RaiseInput): Alert | undefined {
  const [rule, scope] = [ruleOfProgram(input.by), scopeOfRaised(input)]
  return core.openAlerts().find((alert) => alert.rule === rule && alert.scope === scope)
}

/**
 * Refuses what is about a home that the caller may not see, and about the hub as a whole where they see some areas only.
 * @throws HttpError
 */
export function refusePlace({ caller, office }: FastifyRequest, home: string | undefined): void {
  if (home !== undefined) {
    if (!office.core.home(home)) throw new HttpError(404, noHome(home))
    return
  }
  if (caller && areasOf(caller) !== 'all') {
    throw new HttpError(
      403,
      'Cannot raise this: it names no home of these areas, so it is about the hub as a whole, and this token is for some areas only. Name a home, or use a token for all areas.',
    )
  }
}

/** @throws HttpError for what was not taken, with 429 where the program may try again later */
export function refuseRefused(refused: string): never {
  if (refused !== TOO_MANY) throw new HttpError(409, `Cannot do this: ${refused}.`)
  throw new HttpError(
    429,
    `Cannot raise more: ${refused}. Clear some, or have people resolve them. A program may have ${MOST_RAISED} open.`,
    undefined,
    WAIT_FOR_PEOPLE,
  )
}

/** Lets nobody through who says more in a minute than a board could show. */
export interface RaiseLimit {
  /** @throws HttpError 429 with `Retry-After` */
  take(request: FastifyRequest): void
}

/** @param now of a steady clock, ms */
export function createRaiseLimit(now: () => number = () => performance.now()): RaiseLimit {
  const counts = new Map<string, { readonly since: number; count: number }>()
  return {
    take({ caller }) {
      if (!caller) return
      const name = callerName(caller)
      const known = counts.get(name)
      const entry = known && now() - known.since < MINUTE ? known : { since: now(), count: 0 }
      counts.set(name, entry)
      if (++entry.count > MOST_A_MINUTE) {
        const wait = Math.max(1, Math.ceil((entry.since + MINUTE - now()) / 1000))
        throw new HttpError(
          429,
          `Cannot raise more: a program may say so ${MOST_A_MINUTE} times in a minute. Wait ${wait} s.`,
          undefined,
          wait,
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
