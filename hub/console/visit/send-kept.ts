import { useCallback, useEffect } from 'react'
import { send, ApiError } from '../api.ts'
import { useContact } from '../hub-state.tsx'
import { useLock } from '../lock/lock.tsx'
import { useSession } from '../session.tsx'
import { dropAct, keepAct, openKept, readKept, refuseAct, useKept } from './kept.ts'
import type { Kept, KeptAct, Refused } from './kept.ts'

const AGAIN_MS = 3000
/** So long a form waits for the answer; then what it sends is said to be kept. */
const PATIENCE_MS = 6000

export type Outcome =
  | { readonly is: 'done' }
  | { readonly is: 'kept' }
  | { readonly is: 'refused'; readonly act: string; readonly refused: Refused }

const waiting = new Map<string, (outcome: Outcome) => void>()
const heard = new Set<() => void>()
let isSending = false

type Hindrance = 'nothing' | 'no-link' | 'locked' | 'signed-out'

/** Sends what is kept, one after the other, until there is nothing more or something is in the way. */
async function sendKept(): Promise<Hindrance> {
  if (isSending) return 'nothing'
  isSending = true
  try {
    for (;;) {
      const act = nextAct(readKept())
      if (!act) return 'nothing'
      const outcome = await sendOne(act)
      if (typeof outcome === 'string') return outcome
      if (outcome.is === 'refused') refuseAct(act.id, outcome.refused)
      else dropAct(act.id)
      answer(act.id, outcome)
      for (const listener of heard) listener()
    }
  } finally {
    isSending = false
  }
}

/** In their order; of a home that was not taken, nothing is. */
function nextAct({ acts }: Kept): KeptAct | undefined {
  const stopped = new Set(acts.filter((one) => one.refused && one.part === 'home').map(({ home }) => home))
  return acts.find((one) => !one.refused && !stopped.has(one.home))
}

async function sendOne(act: KeptAct): Promise<Outcome | Exclude<Hindrance, 'nothing'>> {
  try {
    await send(act.method, act.path, act.body, {
      ...(act.method === 'POST' && { 'idempotency-key': act.id }),
      ...(act.method !== 'POST' && { 'if-match': act.seen === undefined ? '*' : `"${act.seen}"` }),
    })
    return { is: 'done' }
  } catch (error) {
    const { status, message, problems } = error instanceof ApiError ? error : new ApiError(0, '')
    if (status === 401) return 'signed-out'
    if (status === 423) return 'locked'
    if (status === 0 || status === 429 || status >= 500) return 'no-link'
    return { is: 'refused', act: act.id, refused: { status, message, problems } }
  }
}

function answer(id: string, outcome: Outcome): void {
  waiting.get(id)?.(outcome)
  waiting.delete(id)
}

export interface Sending {
  readonly kept: Kept
  /** Not there: what is done is kept until it is. */
  readonly hasLink: boolean
  /** Keeps it, and sends it as soon as there is a link. */
  put(act: Omit<KeptAct, 'id' | 'at'>): Promise<Outcome>
}

/** Sends what is kept whenever there is a link. @param onSent the hub has taken or refused something */
export function useSending(onSent?: () => void): Sending {
  const { person, locked, ended } = useSession()
  const { lockSeen } = useLock()
  const { cutOffSince } = useContact()
  const hasLink = cutOffSince === undefined
  const kept = useKept()
  const count = kept.acts.filter((one) => !one.refused).length

  useEffect(() => openKept(person, Date.now()), [person])

  const go = useCallback(async () => {
    const hindrance = await sendKept()
    if (hindrance === 'locked') lockSeen()
    if (hindrance === 'signed-out') ended()
    return hindrance
  }, [lockSeen, ended])

  useEffect(() => {
    if (count === 0 || locked) return
    void go()
    // The browser is wrong about being online often enough.
    const timer = setInterval(() => void go(), AGAIN_MS)
    addEventListener('online', go)
    return () => {
      clearInterval(timer)
      removeEventListener('online', go)
    }
  }, [count, locked, go])
  useEffect(() => {
    if (hasLink && !locked) void go()
  }, [hasLink, locked, go])

  useEffect(() => {
    if (!onSent) return
    heard.add(onSent)
    return () => void heard.delete(onSent)
  }, [onSent])

  return {
    kept,
    hasLink,
    put(wanted) {
      const act: KeptAct = { ...wanted, id: requestId(), at: Date.now() }
      const { promise, resolve } = Promise.withResolvers<Outcome>()
      waiting.set(act.id, resolve)
      keepAct(person, act)
      void go().then((hindrance) => hindrance !== 'nothing' && answer(act.id, { is: 'kept' }))
      setTimeout(() => answer(act.id, { is: 'kept' }), PATIENCE_MS)
      return promise
    },
  }
}

/** Over plain HTTP browsers have no `randomUUID`. */
export function requestId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}
