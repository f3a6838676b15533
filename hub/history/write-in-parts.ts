import type { Answer, Refusal } from './answer.ts'
import type { Refused, WriteResult } from './follower.ts'
import type { Point } from './points.ts'

/** Sends points in one request. @param lines of the points, where they are made already */
export type SendPoints = (points: readonly Point[], lines?: string) => Promise<Answer<unknown>>

/**
 * Writes points, `size` in a request, and where the server refuses some, finds out which: it says how many it
 * dropped and why, but not which. The same for InfluxDB 1.x and 2.x. Points are idempotent, so what was written
 * in part may be written again.
 * @param lines of all points, where they are made already
 * @returns the points that the server will never take (none that are older than it keeps), or why nothing is certain:
 *   also where each point alone is too large for it
 */
export async function writeInParts(
  points: readonly Point[],
  send: SendPoints,
  size: number,
  lines?: string,
): Promise<{ readonly ok: true; readonly refused: readonly Refused[] } | Refusal> {
  const found: Findings = { refused: [], tooLargeCount: 0, isTaken: false }
  for (let from = 0; from < points.length; from += size) {
    const isAll = points.length <= size
    const part = isAll ? points : points.slice(from, from + size)
    const failure = await writeGroup(part, send, found, isAll ? lines : undefined)
    if (failure !== undefined) return failure
  }
  if (found.tooLarge !== undefined && !found.isTaken) return found.tooLarge
  return { ok: true, refused: found.refused }
}

/** What one write has found out so far. */
interface Findings {
  readonly refused: Refused[]
  /** How it refused points that were alone in a request as too large; they are among the refused. */
  tooLarge?: Refusal
  tooLargeCount: number
  /** It took at least one request. */
  isTaken: boolean
}

/**
 * After so many points that are too large each alone it is no more about points: something between takes nothing at all
 * (a limit of a proxy that was set too low), and they must not be given up.
 */
const TOO_LARGE_ALONE = 3

/** A write that failed as a whole, for the follower. @param address of the server, without secrets */
export function failedWrite(address: string, refusal: Refusal): Extract<WriteResult, { ok: false }> {
  const { status, message, after } = refusal
  return {
    ok: false,
    // Another try may help when the server is away, busy or ill; not when it does not want us.
    retry: status === undefined || status >= 500 || status === 408 || status === 429,
    error: `Cannot write history to ${address}: ${message}`,
    ...(after !== undefined && { after }),
  }
}

async function writeGroup(
  points: readonly Point[],
  send: SendPoints,
  found: Findings,
  lines?: string,
): Promise<Refusal | undefined> {
  const answer = await send(points, lines)
  if (answer.ok || isOnlyExpired(answer)) {
    found.isTaken = true
    return undefined
  }
  const verdict = judge(answer, points.length)
  if (verdict === 'failed') return answer
  if (answer.status === 413 && points.length === 1) {
    found.tooLarge = answer
    found.tooLargeCount += 1
    if (found.tooLargeCount >= TOO_LARGE_ALONE && !found.isTaken) return answer
  }
  if (verdict === 'all-refused' || points.length === 1) {
    const reason = reasonOf(answer.message)
    for (const point of points) found.refused.push({ seq: point.seq, reason })
    return undefined
  }
  for (const part of split(points, answer.message)) {
    const failure = await writeGroup(part, send, found)
    if (failure !== undefined) return failure
  }
  return undefined
}

/**
 * Was all written but what is older than the server keeps? It was told to keep no more, and would delete it at once: no
 * fault of a point. Where there is another fault, InfluxDB says that one first.
 */
function isOnlyExpired({ status, message }: Refusal): boolean {
  return (
    (status === 400 || status === 422) &&
    /partial write: points beyond retention policy dropped=\d/.test(message)
  )
}

/** Words that InfluxDB uses for points: 1.x and 2.x, InfluxDB Cloud, and InfluxDB 3. */
const OF_POINTS =
  /partial write|unable to parse|failed to parse|field type conflict|outside range|beyond retention/

/**
 * Whose fault is it: some points', all of theirs, or none's? Only words that InfluxDB uses for points count:
 * a 400 of something between must not make the hub give up history.
 */
function judge({ status, message }: Refusal, count: number): 'failed' | 'some-refused' | 'all-refused' {
  if (status === 413) return 'some-refused'
  // 1.x says 400 to all of it, 2.x 422 to what it could read and not keep.
  if (status !== 400 && status !== 422) return 'failed'
  if (!OF_POINTS.test(message)) return 'failed'
  return Number(/dropped=(\d+)/.exec(message)?.[1]) === count ? 'all-refused' : 'some-refused'
}

/** The reason without what differs from point to point: it is said once for all of them. */
function reasonOf(message: string): string {
  return message
    .replace(/^failure writing points to database: /, '')
    .replace(/^partial write: /, '')
    .replace(/ dropped=\d+$/, '')
    .replaceAll(/unable to parse '.*':/gs, 'unable to parse:')
}

/** A conflict of types concerns a whole measurement; other faults come in stretches of time. */
function split(points: readonly Point[], message: string): Iterable<readonly Point[]> {
  if (message.includes('field type conflict')) {
    const byMeasurement = Map.groupBy(points, (point) => point.measurement)
    if (byMeasurement.size > 1) return byMeasurement.values()
  }
  const half = Math.ceil(points.length / 2)
  return [points.slice(0, half), points.slice(half)]
}
