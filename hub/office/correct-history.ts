import type { Answer } from '../history/answer.ts'
import { correctingPoints } from '../history/correct-alerts.ts'
import type { ShownAlert } from '../history/correct-alerts.ts'
import type { HistoryWriter } from '../history/follower.ts'
import type { Alert } from '../model/alert.ts'

const AGAIN = 60_000

export interface CorrectHistoryParts {
  /** Of which time the backup is that the hub was restored from, ms; undefined: nothing is to be corrected. */
  readonly since: number | undefined
  /** It is, for good. */
  readonly done: () => void
  readonly shownSince: (from: number) => Promise<Answer<readonly ShownAlert[]>>
  readonly writer: HistoryWriter & { close(): void }
  readonly alert: (id: string) => Pick<Alert, 'handling'> | undefined
  readonly now: () => number
  readonly later: (call: () => void, ms: number) => () => void
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/**
 * After a restore InfluxDB knows of what happened after the backup, and the hub does not: what it shows of alerts is made to
 * agree with the hub, once, as soon as it answers.
 */
export function correctHistory(parts: CorrectHistoryParts): { stop(): void } {
  const { since, writer, log } = parts
  let callOff = (): void => {}
  let isStopped = false
  let isSaid = false
  let isClosed = false

  function close(): void {
    if (!isClosed) writer.close()
    isClosed = true
  }

  /** @returns what went wrong */
  async function correct(from: number): Promise<string | undefined> {
    const shown = await parts.shownSince(from)
    if (!shown.ok) return shown.message
    const points = correctingPoints(shown.value, parts.alert, parts.now())
    const result = points.length === 0 ? undefined : await writer.write(points)
    if (result && !result.ok) return result.error
    parts.done()
    log.info({ alerts: points.length }, 'InfluxDB shows the alerts as the restored hub has them')
    return undefined
  }

  async function goOn(from: number): Promise<void> {
    const error = await correct(from).catch((cause: unknown) => String(cause))
    if (isStopped) return
    if (error === undefined) {
      close()
      return
    }
    if (!isSaid) log.warn({ error }, 'InfluxDB may show alerts as open that the restored hub does not know')
    isSaid = true
    callOff = parts.later(() => void goOn(from), AGAIN)
  }

  if (since === undefined) close()
  else void goOn(since)
  return {
    stop() {
      isStopped = true
      callOff()
      close()
    },
  }
}
