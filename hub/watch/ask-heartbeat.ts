import { z } from 'zod'
import { reasonOf } from './dead-man.ts'
import { judgeHeartbeat } from './judge-heartbeat.ts'
import type { Ailment, HeartbeatLimits } from './judge-heartbeat.ts'

/** What a look at the hub showed. `since`: for how long it has been so as the hub itself says, ms. */
export type Sight =
  | { readonly ok: true }
  | { readonly ok: false; readonly what: Trouble; readonly reason: string; readonly since?: number }

/** `silent`: no answer, or none of a hub. */
export type Trouble = 'silent' | Ailment

const heartbeatSchema = z.object({
  now: z.number(),
  writtenAgo: z.number(),
  timerLate: z.number(),
  outboxAge: z.number(),
})
const problemSchema = z.object({ detail: z.string() })
const MOST_READ = 2000

/** Asks a hub how it is, once. Never throws: that nothing comes is an answer. */
export async function askHeartbeat(
  hub: string,
  limits: HeartbeatLimits,
  { timeout, fetch = globalThis.fetch }: { timeout: number; fetch?: typeof globalThis.fetch },
): Promise<Sight> {
  const silent = (reason: string): Sight => ({ ok: false, what: 'silent', reason })
  try {
    const signal = AbortSignal.timeout(timeout)
    const response = await fetch(`${hub.replace(/\/+$/, '')}/api/heartbeat`, { signal, redirect: 'manual' })
    const said = readJson(await response.text())
    if (response.status === 503) {
      // It answers, and says itself that it does not take and keep anything.
      const { data } = problemSchema.safeParse(said)
      return { ok: false, what: 'writes', reason: data?.detail.slice(0, 300) ?? 'it answered 503' }
    }
    const beat = heartbeatSchema.safeParse(said)
    if (!response.ok || !beat.success) return silent(`what answers there is no hub: ${response.status}`)
    const judgement = judgeHeartbeat(beat.data, limits)
    if (judgement.well) return { ok: true }
    return { ok: false, what: judgement.what, reason: judgement.reason, since: judgement.since }
  } catch (cause) {
    return silent(reasonOf(cause))
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, MOST_READ))
  } catch {
    return undefined
  }
}
