import { readFile } from 'node:fs/promises'
import { CommandError } from './command-error.ts'
import { whyNotRead } from '../source/why-not-read.ts'

/** @throws CommandError that names the file */
export async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`Cannot read ${file}: ${whyNotRead(cause)}`)
  })
}
