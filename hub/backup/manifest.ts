import { z } from 'zod'

/** Of the file format: a newer hub still reads an older one. */
export const FORMAT = 1

const count = z.int().min(0)

const fileSchema = z.object({
  /** In the archive, with `/`: `data/hub.db`. */
  path: z.string().regex(/^(data|settings)(\/(?!\.\.?(\/|$))[^/\0\\]+)+$/),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** `manifest.json`, the first file of a backup: what else is in it. Later hubs may say more. */
const manifestSchema = z.object({
  format: z.int().min(1),
  /** When the database was as it is in here, ms. */
  madeAt: z.number(),
  versions: z.object({ hub: z.string(), node: z.string(), sqlite: z.string(), schema: count }),
  database: z.object({
    aliveAt: z.number(),
    counts: z.record(z.string(), count),
    audit: z.object({ seq: count, hash: z.string() }).nullable(),
  }),
  /** Where what is in `settings/` came from, by its path in the archive. */
  settings: z.record(z.string(), z.string()),
  /** What lies in the data folder and is not in here: links, sockets, what cannot be read. */
  left: z.array(z.string()),
  files: z.array(fileSchema),
})

export type Manifest = z.output<typeof manifestSchema>
export type ManifestFile = Manifest['files'][number]

/** A backup that cannot be used, made or restored; the message says why and what to do. */
export class BackupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupError'
  }
}

/** @throws BackupError */
export function parseManifest(text: string): Manifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new BackupError('Cannot use the backup: its manifest is no JSON', { cause })
  }
  const format = (json as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > FORMAT) {
    throw new BackupError(
      `Cannot use the backup: its format is ${format}, this hub knows ${FORMAT}. Use the version that made it, or a newer one.`,
    )
  }
  const parsed = manifestSchema.safeParse(json)
  if (!parsed.success) {
    throw new BackupError(`Cannot use the backup: its manifest is wrong: ${z.prettifyError(parsed.error)}`)
  }
  return parsed.data
}
