import type { Closed, Key, Lock } from '../backup/cipher.ts'
import { CommandError } from './command-error.ts'
import { readPassword } from './read-password.ts'
import { readText } from './read-text.ts'

/** Shorter ones are guessed: a backup can be tried for years. */
const SHORTEST = 12

export interface LockOptions {
  readonly passphraseFile?: string
  readonly recipient?: readonly string[]
  readonly recipientsFile?: string
  readonly plain?: boolean
}

export interface KeyOptions {
  readonly passphraseFile?: string
  readonly identity?: string
}

/** How a new backup is closed. @throws CommandError */
export async function askLock(options: LockOptions): Promise<Lock> {
  const { passphraseFile, recipient = [], recipientsFile, plain } = options
  const isTo = recipient.length > 0 || recipientsFile !== undefined
  if ([passphraseFile !== undefined, isTo, plain === true].filter(Boolean).length > 1) {
    throw new CommandError('Choose one of --passphrase-file, --recipient and --plain.', 2)
  }
  if (plain) return { type: 'plain' }
  if (isTo) {
    const listed = recipientsFile === undefined ? [] : await readLines(recipientsFile)
    const recipients = [...recipient, ...listed]
    if (recipients.length === 0) throw new CommandError(`Cannot find a public key in ${recipientsFile}.`)
    return { type: 'recipients', recipients }
  }
  const passphrase =
    passphraseFile === undefined
      ? await readPassword('Passphrase for the backup')
      : await readPassphrase(passphraseFile)
  if (passphrase.length < SHORTEST) {
    throw new CommandError(`The passphrase is too short: expected ${SHORTEST} characters or more.`)
  }
  return { type: 'passphrase', passphrase }
}

/** What opens a backup; undefined where it needs nothing. @throws CommandError */
export async function askKey(closed: Closed, options: KeyOptions): Promise<Key | undefined> {
  if (options.identity !== undefined) {
    const identities = await readLines(options.identity)
    if (identities.some((one) => !one.startsWith('AGE-SECRET-KEY-'))) {
      throw new CommandError(`Cannot use ${options.identity}: expected secret keys of age, one a line.`)
    }
    return { type: 'identities', identities }
  }
  if (options.passphraseFile !== undefined) {
    return { type: 'passphrase', passphrase: await readPassphrase(options.passphraseFile) }
  }
  if (closed !== 'passphrase') return undefined
  return { type: 'passphrase', passphrase: await readPassword('Passphrase of the backup', 'once') }
}

async function readPassphrase(file: string): Promise<string> {
  const [line = ''] = (await readText(file)).split(/\r?\n/, 1)
  if (line === '') throw new CommandError(`Cannot use ${file}: its first line is empty.`)
  return line
}

/** Lines as age's own tools write them: `#` begins a comment. */
async function readLines(file: string): Promise<readonly string[]> {
  return (await readText(file))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
