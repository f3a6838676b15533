import type { Judgement } from './judge-heartbeat.ts'

export interface DeadManOptions {
  /** Called while all is well; with `/fail` after its path when it is not [healthchecks.io, Pinging API]. */
  readonly url: string
  /** Ms between two calls. */
  readonly every: number
  readonly judge: () => Judgement
  /** Calls again and again; returns the way to end that. */
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
  readonly fetch?: typeof fetch
  readonly now?: () => number
}

export interface DeadMan {
  start(): void
  stop(): void
  /** When the service last took a call, ms; and why not since. */
  told(): { readonly toldAt?: number; readonly error?: string }
}

const LONGEST_CALL = 10_000

/**
 * Tells somebody elsewhere again and again that the hub is well: when these calls stop coming, that service raises the
 * alarm. Nothing waits for it, and its failures are said once. The address is a secret: no log has it.
 */
export function createDeadMan(options: DeadManOptions): DeadMan {
  const { url, every, judge, repeat, log, fetch = globalThis.fetch, now = Date.now } = options
  const host = new URL(url).host
  let underWay: AbortController | undefined
  let reaches = true
  let toldAt: number | undefined
  let failed: string | undefined
  let wasWell = true
  let callOff: (() => void) | undefined

  async function call(): Promise<void> {
    if (underWay) return
    const judgement = judge()
    tellChange(judgement)
    const own = new AbortController()
    underWay = own
    try {
      const signal = AbortSignal.any([own.signal, AbortSignal.timeout(LONGEST_CALL)])
      const response = judgement.well
        ? await fetch(url, { signal, redirect: 'manual' })
        : await fetch(failUrl(url), { signal, redirect: 'manual', method: 'POST', body: judgement.reason })
      await response.body?.cancel()
      tellReach(response.ok ? undefined : `it answered ${response.status}`)
    } catch (cause) {
      if (!own.signal.aborted) tellReach(reasonOf(cause))
    } finally {
      underWay = undefined
    }
  }

  /** Who is not told raises the alarm by itself. */
  function tryCall(): void {
    call().catch((cause: unknown) =>
      log.warn({ host, error: reasonOf(cause) }, 'Cannot judge whether the hub is well; trying again'),
    )
  }

  function tellReach(error: string | undefined): void {
    if (error === undefined) toldAt = now()
    failed = error
    if (error !== undefined && reaches) {
      log.warn({ host, error }, 'The dead-man service cannot be told that the hub is well; trying again')
    }
    if (error === undefined && !reaches) log.info({ host }, 'The dead-man service can be told again')
    reaches = error === undefined
  }

  function tellChange(judgement: Judgement): void {
    if (!judgement.well && wasWell) log.warn({ reason: judgement.reason }, 'The hub is not well')
    if (judgement.well && !wasWell) log.info({}, 'The hub is well again')
    wasWell = judgement.well
  }

  return {
    start() {
      callOff ??= repeat(tryCall, every)
      tryCall()
    },
    stop() {
      callOff?.()
      callOff = undefined
      underWay?.abort()
    },
    told: () => ({
      ...(toldAt !== undefined && { toldAt }),
      ...(failed !== undefined && { error: failed }),
    }),
  }
}

function failUrl(url: string): string {
  const fail = new URL(url)
  fail.pathname = `${fail.pathname.replace(/\/+$/, '')}/fail`
  return fail.href
}

/** fetch says only that it failed; why is in the cause. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause.name === 'TimeoutError') return 'no answer in time'
  const inner: unknown = cause.cause
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : undefined
  return code ?? (inner instanceof Error ? inner.message : cause.message)
}
