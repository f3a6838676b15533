import { readFile } from 'node:fs/promises'
import { whyNotRead } from '../source/why-not-read.ts'

/**
 * A secret as it stands, or the first line of its file; undefined where neither is given.
 * @throws Error with its remedy when the file cannot be read or is empty
 */
export async function readOptionalSecret(
  channel: string,
  key: string,
  from: object,
  what = 'channel',
): Promise<string | undefined> {
  const given: Readonly<Record<string, unknown>> = { ...from }
  const [value, file] = [given[key], given[`${key}File`]]
  if (typeof value === 'string') return value
  if (typeof file !== 'string') return undefined
  const line = (await readText(channel, `${key}File`, file, what)).split('\n', 1)[0]?.trim() ?? ''
  if (line === '')
    throw new Error(`Cannot use the ${what} "${channel}": the file of its ${key} is empty: ${file}`)
  return line
}

/** A secret that the settings must have. */
export async function readSecret(channel: string, key: string, from: object): Promise<string> {
  const value = await readOptionalSecret(channel, key, from)
  // The settings were checked: this cannot be.
  if (value === undefined) throw new Error(`Cannot use the channel "${channel}": it has no ${key}`)
  return value
}

/** @throws Error that names the channel and the key, when the file cannot be read */
export async function readText(
  channel: string,
  key: string,
  file: string,
  what = 'channel',
): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(
      `Cannot use the ${what} "${channel}": cannot read its ${key} ${file}: ${whyNotRead(cause)}`,
      {
        cause,
      },
    )
  })
}
