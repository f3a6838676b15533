import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { createErasureStore } from '../database/erasures.ts'
import type { EraseTarget } from '../model/erasure.ts'
import { writeWhole } from './write-whole.ts'

/** In the data folder, and beside each backup: who was erased, by pseudonyms alone. */
export const ERASED_LIST = 'erasures.json'

const listSchema = z.object({
  erasures: z.array(
    z.object({
      home: z.string().min(1),
      resident: z.string().min(1).optional(),
      sensors: z.array(z.string()).default([]),
      at: z.number(),
    }),
  ),
})

/** Who was erased, and when, ms. */
export type Erased = EraseTarget & { readonly at: number }

export async function writeErasedList(file: string, erasures: readonly Erased[]): Promise<void> {
  const list = erasures.map(({ home, resident, sensors, at }) => ({
    home,
    ...(resident !== undefined && { resident }),
    sensors,
    at,
  }))
  await writeWhole(file, `${JSON.stringify({ erasures: list }, undefined, 1)}\n`)
}

/** Those of a database, whatever its schema. */
export function erasedIn(database: string): readonly Erased[] {
  const db = new DatabaseSync(database, { readOnly: true })
  try {
    const has = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'erasure'").get()
    return has === undefined ? [] : createErasureStore(db).list()
  } finally {
    db.close()
  }
}

/** @returns none where there is no such file @throws Error when it cannot be read as one */
export async function readErasedList(file: string): Promise<readonly Erased[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (text === undefined) return []
  try {
    return listSchema.parse(JSON.parse(text)).erasures.map(({ resident, ...one }) => ({
      ...one,
      ...(resident !== undefined && { resident }),
    }))
  } catch (cause) {
    throw new Error(`Cannot read ${file}: it is no list of erasures`, { cause })
  }
}
