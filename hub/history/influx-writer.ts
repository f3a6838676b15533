import type { Answer, Refusal } from './answer.ts'
import type { HistoryWriter } from './follower.ts'
import { linesOf } from './line-protocol.ts'
import type { Point } from './points.ts'
import { failedWrite, writeInParts } from './write-in-parts.ts'

/** What the versions of InfluxDB do each in their own way. */
export interface InfluxWriterParts {
  /** Without secrets. */
  readonly address: string
  /** Where points go: `database "aal"`. */
  readonly place: string
  readonly write: (lines: string) => Promise<Answer<void>>
  /** Is the place not there? */
  readonly isMissing: (refusal: Refusal) => boolean
  /** Makes the missing place. */
  readonly create: () => Promise<Answer<unknown>>
  /** Whether that server is there at all: asked before the first write, and after each failure, as servers get replaced. */
  readonly check?: () => Promise<Answer<unknown>>
}

/** Points in one request, as InfluxDB advises: with fewer it takes longer for each. */
const PART = 5000

/** Writes points, and makes the place where it is missing. */
export function createInfluxWriter(parts: InfluxWriterParts): HistoryWriter {
  const { address, place, isMissing, create, check } = parts
  let checked = check === undefined
  /**
   * The place was missing. Kept until a result tells it: the batch that made it may fail after all, and where the hub may
   * not make it, an admin does.
   */
  let wasMissing = false

  async function send(points: readonly Point[], lines = linesOf(points)): Promise<Answer<void>> {
    const answer = await parts.write(lines)
    if (answer.ok || !isMissing(answer)) return answer
    wasMissing = true
    const made = await create()
    if (!made.ok) return { ...made, message: `there is no ${place}, and making it: ${made.message}` }
    return parts.write(lines)
  }

  return {
    async write(points, lines) {
      if (points.length === 0) return { ok: true, refused: [] }
      if (!checked && check) {
        const found = await check()
        if (!found.ok) return failedWrite(address, found)
        checked = true
      }
      const written = await writeInParts(points, send, PART, lines)
      if (!written.ok) {
        checked = check === undefined
        return failedWrite(address, written)
      }
      const told = wasMissing
      wasMissing = false
      return { ...written, ...(told && { created: true }) }
    },
  }
}
