import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeImportFile } from '../../devices/simulator/home-plan.ts'
import type { SimulatedHome } from '../../devices/simulator/home-plan.ts'
import type { Api } from './open-api.ts'

/** Homes in one import: the hub takes other things between two of them. */
const IMPORTED_AT_ONCE = 100
/** Credentials asked for at the same time. */
const ASKED_AT_ONCE = 8

const credentialsSchema = z.record(z.string(), z.string())
const madeSchema = z.object({ password: z.string() })
const gatewaysSchema = z.object({ gateways: z.array(z.object({ id: z.string(), credentials: z.boolean() })) })

export interface RegisterOptions {
  readonly api: Api
  readonly homes: readonly SimulatedHome[]
  /** Where the passwords of the gateways are kept for the next run. */
  readonly file: string
  readonly signal: AbortSignal
  readonly onProgress: (homes: number) => void
}

/**
 * Registers the homes, which changes nothing the second time, and makes the credentials that are missing.
 * @returns the passwords by gateway
 */
export async function registerSimulated(options: RegisterOptions): Promise<Readonly<Record<string, string>>> {
  const { api, homes, file, signal, onProgress } = options
  const kept = await readFile(file, 'utf8').catch(() => '{}')
  const passwords = credentialsSchema.parse(JSON.parse(kept))
  for (let first = 0; first < homes.length; first += IMPORTED_AT_ONCE) {
    signal.throwIfAborted()
    const some = homes.slice(first, first + IMPORTED_AT_ONCE)
    await api.call('POST', '/api/homes', { file: 'simulated homes', text: writeImportFile(some) })
    const missing = some.filter(({ gateway }) => passwords[gateway] === undefined).values()
    const work = async (): Promise<void> => {
      for (const home of missing) passwords[home.gateway] = await passwordOf(api, home)
    }
    try {
      await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work))
    } finally {
      // Each is shown only once.
      await writeFile(file, JSON.stringify(passwords), { mode: 0o600 })
    }
    onProgress(first + some.length)
  }
  return passwords
}

/** Another one where the file with the first is lost. */
async function passwordOf(api: Api, { id, gateway }: SimulatedHome): Promise<string> {
  const path = `/api/homes/${id}/gateways`
  try {
    return madeSchema.parse(await api.call('POST', path, { id: gateway })).password
  } catch (cause) {
    const known = gatewaysSchema.parse(await api.call('GET', path))
    if (!known.gateways.some((one) => one.id === gateway && one.credentials)) throw cause
    return madeSchema.parse(await api.call('POST', `${path}/${gateway}/rotation`, { old: 'at-once' }))
      .password
  }
}
