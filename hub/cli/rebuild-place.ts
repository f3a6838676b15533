import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const placeSchema = z.object({
  /** The InfluxDB that is filled. */
  where: z.string(),
  /** The seq of the last entry that is written, and of the last that is to be. */
  seq: z.int().min(0),
  until: z.int().min(0),
  /** A point that was written just before, to see whether it is still there. */
  written: z.object({ measurement: z.string(), time: z.string() }).optional(),
})

/** How far a rebuild of the history has come. */
export type RebuildPlace = z.output<typeof placeSchema>

export interface PlaceFile {
  /** Undefined: there is none, or none that can be read. To begin again is never wrong. */
  read(): RebuildPlace | undefined
  keep(place: RebuildPlace): void
  forget(): void
}

/**
 * In a file of its own beside the database, since a running hub is the only one to write that.
 * @param folder of the hub's data
 */
export function placeFile(folder: string): PlaceFile {
  const file = join(folder, 'history-rebuild.json')
  return {
    read() {
      try {
        return placeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
      } catch {
        return undefined
      }
    },
    keep(place) {
      writeFileSync(`${file}.new`, JSON.stringify(place))
      renameSync(`${file}.new`, file)
    },
    forget: () => rmSync(file, { force: true }),
  }
}
