import { readFileSync, renameSync } from 'node:fs'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { whyNotRead } from '../source/why-not-read.ts'

const believedSchema = z.object({
  what: z.enum(['silent', 'writes', 'timers', 'messages']),
  since: z.number(),
  at: z.number(),
})

const stateSchema = z.object({
  /** Whom it is about: another hub begins anew. */
  hub: z.string(),
  trouble: believedSchema.optional(),
  /** By person: of which trouble they were told (its `at`), and when last. */
  told: z.record(z.string(), z.object({ trouble: z.number(), at: z.number() })),
  /** Who must still learn that it is over. */
  owed: z.record(z.string(), believedSchema.extend({ until: z.number() })),
})

/** What a watchdog must not forget when it is started again: whom it told of what. Times in ms. */
export type WatchdogState = z.output<typeof stateSchema>

/** Where it is kept. */
export interface StateFile {
  /** Undefined when there is none yet, or it is about another hub. */
  load(hub: string): WatchdogState | undefined
  save(state: WatchdogState): void
}

/**
 * A JSON file that is whole at any instant.
 * @throws Error on `load` when it is there and cannot be read: rather that than to tell everybody again
 */
export function openStateFile(file: string): StateFile {
  return {
    load(hub) {
      let text: string
      try {
        text = readFileSync(file, 'utf8')
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw new Error(`Cannot read the watchdog's state ${file}: ${whyNotRead(cause)}`, { cause })
      }
      const parsed = stateSchema.safeParse(readJson(text))
      if (!parsed.success) {
        throw new Error(`Cannot use the watchdog's state ${file}: it is none. Remove it, and start again.`)
      }
      return parsed.data.hub === hub ? parsed.data : undefined
    },
    save(state) {
      const draft = `${file}.new`
      const opened = openSync(draft, 'w', 0o600)
      try {
        writeSync(opened, JSON.stringify(state))
        fsyncSync(opened)
      } finally {
        closeSync(opened)
      }
      renameSync(draft, file)
    },
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
